using Confluent.Kafka;

namespace Pipeline.Shared.Messaging.Kafka;

/// <summary>A consumer's group metadata at one moment.</summary>
internal sealed class KafkaMembership(IConsumerGroupMetadata metadata) : GroupMembership
{
    public IConsumerGroupMetadata Metadata => metadata;
}
