//! Which storage the configuration names, and what is wrong with it.

use std::sync::Arc;

use daybook_domain::visit::MOST_FILE_BYTES;
use daybook_integrations::storage::{Bucket, Credentials, LocalStorage, S3Storage, Storage, StorageError};
use daybook_ledger::Clock;

use crate::config::{Config, ConfigError, Mode};

impl Config {
    /// Refuses settings of files that cannot be meant.
    pub(crate) fn check_storage(&self) -> Result<(), ConfigError> {
        let unusable = |key, problem| Err(ConfigError::Unusable { key, problem });
        if !(1..=MOST_FILE_BYTES).contains(&self.max_file_bytes) {
            return unusable("max_file_bytes", "between 1 and 104857600");
        }
        if self.storage_directory.as_ref().is_some_and(|directory| !directory.is_absolute()) {
            return unusable("storage_directory", "the path of a directory, from the root on");
        }
        if self.storage_url.is_none() {
            return Ok(());
        }
        let Some(bucket) = self.bucket() else {
            return unusable("storage_url", "s3://bucket or s3://bucket/prefix, of letters, digits and . _ -");
        };
        if self.storage_directory.is_none() {
            return unusable("storage_directory", "needed beside storage_url: files gather there, sealed");
        }
        if self.storage_access_key_id.is_none() || self.storage_secret_access_key.is_none() {
            return unusable("storage_url", "needs storage_access_key_id and storage_secret_access_key");
        }
        let (https, http) = (bucket.endpoint.strip_prefix("https://"), bucket.endpoint.strip_prefix("http://"));
        let host = https.or(http).is_some_and(|host| !host.is_empty() && !host.contains(['/', '@', '?', '#', ' ']));
        if !host {
            return unusable("storage_endpoint", "https:// and a host, without a path");
        }
        if self.mode == Mode::Production && https.is_none() {
            let hint = "an https:// address: the files are sealed, the access to them is not";
            return Err(ConfigError::Shortcut { name: "storage_endpoint without TLS", hint });
        }
        Ok(())
    }

    fn bucket(&self) -> Option<Bucket> {
        let named = self.storage_url.as_deref()?.strip_prefix("s3://")?;
        let (name, prefix) = named.split_once('/').unwrap_or((named, ""));
        let plain = |text: &str| text.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b));
        let prefix = prefix.trim_end_matches('/');
        let fits = !name.is_empty()
            && plain(name)
            && (prefix.is_empty() || prefix.split('/').all(|part| !part.is_empty() && plain(part)));
        let region = self.storage_region.clone().unwrap_or_else(|| "us-east-1".into());
        let amazon = || format!("https://s3.{region}.amazonaws.com");
        let endpoint = self.storage_endpoint.clone().unwrap_or_else(amazon).trim_end_matches('/').to_owned();
        fits.then(|| Bucket { endpoint, region: region.clone(), name: name.into(), prefix: prefix.into() })
    }
}

/// The storage the configuration names: a bucket, or a directory; `None` where it names neither.
pub(super) fn storage(config: &Config, clock: Arc<dyn Clock>) -> Result<Option<Arc<dyn Storage>>, StorageError> {
    let credentials = config.storage_access_key_id.clone().zip(config.storage_secret_access_key.clone());
    Ok(match (config.bucket(), credentials, &config.storage_directory) {
        (Some(bucket), Some((key_id, secret)), _) => {
            let token = config.storage_session_token.clone();
            Some(Arc::new(S3Storage::new(bucket, Credentials { key_id, secret, token }, clock)?))
        }
        (_, _, Some(directory)) => Some(Arc::new(LocalStorage::new(directory.join("files")))),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(change: impl FnOnce(&mut Config)) -> Result<(), ConfigError> {
        let mut config = Config::development("postgres:///daybook");
        config.storage_directory = Some("/var/lib/daybook".into());
        config.storage_url = Some("s3://records/clinics/files".into());
        config.storage_access_key_id = Some("AKIA".into());
        config.storage_secret_access_key = Some("secret".to_owned().into());
        change(&mut config);
        config.check_storage()
    }

    #[test]
    fn a_bucket_is_named_with_its_key_and_a_place_to_gather() {
        with(|_| {}).unwrap();
        with(|config| config.storage_url = Some("s3://records".into())).unwrap();
        with(|config| config.storage_endpoint = Some("http://127.0.0.1:9000".into())).unwrap();
        with(|config| config.storage_url = None).unwrap();
        let key = |result: Result<(), ConfigError>| match result {
            Err(ConfigError::Unusable { key, .. }) => key,
            other => panic!("{other:?}"),
        };
        for url in ["records", "s3://", "s3://a b", "https://x", "s3://a//b", "s3://a/../b?x"] {
            assert_eq!(key(with(|config| config.storage_url = Some(url.into()))), "storage_url", "{url}");
        }
        assert_eq!(key(with(|config| config.storage_directory = None)), "storage_directory");
        assert_eq!(key(with(|config| config.storage_directory = Some("files".into()))), "storage_directory");
        assert_eq!(key(with(|config| config.storage_secret_access_key = None)), "storage_url");
        for endpoint in ["", "s3.example", "https://", "https://a/b", "ftp://a"] {
            let wrong = with(|config| config.storage_endpoint = Some(endpoint.into()));
            assert_eq!(key(wrong), "storage_endpoint", "{endpoint}");
        }
        for bytes in [0, MOST_FILE_BYTES + 1] {
            assert_eq!(key(with(|config| config.max_file_bytes = bytes)), "max_file_bytes");
        }
    }

    #[test]
    fn production_speaks_tls_with_it() {
        let plain = with(|config| {
            config.mode = Mode::Production;
            config.storage_endpoint = Some("http://minio.example".into());
        });
        assert!(matches!(plain, Err(ConfigError::Shortcut { name: "storage_endpoint without TLS", .. })), "{plain:?}");
    }
}
