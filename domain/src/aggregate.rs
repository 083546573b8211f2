//! What cqrs-es asks of an aggregate and its events, answered from their [`Rules`](crate::Rules) and their catalogue.

/// Makes an aggregate of cqrs-es of a type with rules; its stream's type is the aggregate's.
macro_rules! aggregate {
    ($aggregate:ident, $event:ident) => {
        impl cqrs_es::Aggregate for $aggregate {
            const TYPE: &'static str = <$aggregate as $crate::Concerns>::STREAM_TYPE;
            type Command = $crate::Request<<$aggregate as $crate::Rules>::Command>;
            type Event = $event;
            type Error = <$aggregate as $crate::Rules>::Error;
            type Services = ();

            async fn handle(
                &mut self,
                request: Self::Command,
                (): &(),
                sink: &cqrs_es::event_sink::EventSink<Self>,
            ) -> Result<(), Self::Error> {
                for event in $crate::Rules::decide(self, request)? {
                    sink.write(event, self).await;
                }
                Ok(())
            }

            fn apply(&mut self, event: $event) {
                $crate::Rules::evolve(self, &event);
            }
        }

        impl cqrs_es::DomainEvent for $event {
            fn event_type(&self) -> String {
                $crate::Catalogue::event_type(self).to_owned()
            }
            fn event_version(&self) -> String {
                $crate::Catalogue::event_version(self).to_owned()
            }
        }
    };
}

pub(crate) use aggregate;
