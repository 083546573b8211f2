//! A page of a bucket's list. Read for the three things that are needed of it: keys, since when they are there, and whether
//! more follow. Our own keys have no character that XML would write otherwise; whatever has is not ours.

use chrono::{DateTime, Utc};

/// A page.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Page {
    pub objects: Vec<(String, DateTime<Utc>)>,
    pub more: bool,
}

/// Reads it; `None` if it is no list.
pub fn read(xml: &str) -> Option<Page> {
    let list = within(xml, "ListBucketResult")?;
    let mut page = Page { objects: Vec::new(), more: within(list, "IsTruncated") == Some("true") };
    for object in list.split("<Contents>").skip(1) {
        let (key, since) = (within(object, "Key")?, within(object, "LastModified")?);
        page.objects.push((key.to_owned(), since.parse().ok()?));
    }
    Some(page)
}

/// What stands between a name's first beginning, with or without attributes, and its last end.
fn within<'a>(xml: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = xml.split_once(&format!("<{name}"))?;
    let (attributes, rest) = rest.split_once('>')?;
    if !(attributes.is_empty() || attributes.starts_with(' ')) {
        return None;
    }
    rest.split_once(&format!("</{name}>")).map(|(inner, _)| inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_and_times_are_read_and_whether_more_follow() {
        let xml = r#"<?xml version="1.0"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>b</Name>
            <IsTruncated>true</IsTruncated><Contents><Key>a/b</Key><LastModified>2026-11-24T15:00:00.000Z</LastModified>
            </Contents><Contents><Key>a/c</Key><LastModified>2026-11-24T15:00:01Z</LastModified></Contents></ListBucketResult>"#;
        let page = read(xml).unwrap();
        assert_eq!(page.objects.iter().map(|(key, _)| key.as_str()).collect::<Vec<_>>(), ["a/b", "a/c"]);
        assert!(page.more);
        assert_eq!(read("<ListBucketResult></ListBucketResult>"), Some(Page::default()));
        for other in [
            "",
            "<Error><Code>NoSuchBucket</Code></Error>",
            "<ListBucketResult><Contents></Contents></ListBucketResult>",
        ] {
            assert_eq!(read(other), None, "{other}");
        }
    }
}
