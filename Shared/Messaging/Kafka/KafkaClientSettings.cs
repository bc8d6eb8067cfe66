using System.Globalization;
using Confluent.Kafka;

namespace Pipeline.Shared.Messaging.Kafka;

/// <summary>
/// Turns our options into librdkafka's (its CONFIGURATION.md). First comes our tuning, then the user's own properties, and last what delivery rests on, so that nothing can override it.
/// </summary>
internal sealed class KafkaClientSettings(KafkaOptions options)
{
    // Below a broker's usual limit of 15 minutes; above the steps' own deadlines.
    private static readonly TimeSpan TransactionTimeout = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan MaxReaderRest = TimeSpan.FromDays(1);

    public ClientConfig Client() => new(Properties());

    public ProducerConfig Producer() => new(Properties(("linger.ms", "1"), ("sticky.partitioning.linger.ms", "0")))
    {
        Acks = Acks.All,
        EnableIdempotence = true,
        CompressionType = (CompressionType)options.Compression,
        QueueBufferingMaxKbytes = options.ProducerQueueKbytes,
        MessageTimeoutMs = (int)options.DeliveryTimeout.TotalMilliseconds,
        EnableDeliveryReports = true,
        DeliveryReportFields = "status",
    };

    public ProducerConfig TransactionalProducer(string transactionalId) => new(Properties(("linger.ms", "1"), ("sticky.partitioning.linger.ms", "0")))
    {
        TransactionalId = transactionalId,
        TransactionTimeoutMs = (int)TransactionTimeout.TotalMilliseconds,
        CompressionType = (CompressionType)options.Compression,
        QueueBufferingMaxKbytes = options.ProducerQueueKbytes,
        EnableDeliveryReports = true,
        DeliveryReportFields = "status",
    };

    public ConsumerConfig Consumer(ConsumerSettings settings)
    {
        var sessionTimeoutMs = (int)settings.SessionTimeout.TotalMilliseconds;
        // Kafka's defaults answer every small record by itself.
        return new ConsumerConfig(Reading(IsolationLevel.ReadCommitted, ("fetch.wait.max.ms", "50"), ("fetch.min.bytes", "262144")))
        {
            GroupId = settings.Group,
            GroupInstanceId = settings.InstanceId,
            SessionTimeoutMs = sessionTimeoutMs,
            HeartbeatIntervalMs = Math.Clamp(sessionTimeoutMs / 5, 100, 3_000),
            PartitionAssignmentStrategy = PartitionAssignmentStrategy.CooperativeSticky,
        };
    }

    // Reads little at a time, and waits for the end of partitions: quick answers count.
    public ConsumerConfig Reader(IsolationLevel isolation) => new(Reading(isolation, ("fetch.wait.max.ms", "10")))
    {
        // No group is ever joined under this name, and no offset committed.
        GroupId = "pipeline-reader",
        MaxPollIntervalMs = (int)MaxReaderRest.TotalMilliseconds,
    };

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"Kafka at {options.BootstrapServers}");

    // The default backs off for a second when enough is fetched.
    private ConsumerConfig Reading(IsolationLevel isolation, params (string, string)[] tuning) => new(Properties([("fetch.queue.backoff.ms", "20"), .. tuning]))
    {
        EnableAutoCommit = false,
        EnableAutoOffsetStore = false,
        // A missing offset is told apart from a lost one by us.
        AutoOffsetReset = AutoOffsetReset.Error,
        IsolationLevel = isolation,
        CheckCrcs = true,
        EnablePartitionEof = true,
        QueuedMaxMessagesKbytes = options.ConsumerQueueKbytes,
    };

    private Dictionary<string, string> Properties(params (string Name, string Value)[] tuning)
    {
        // Recovery from faults should not wait for the defaults of a minute.
        var config = new ClientConfig { SocketTimeoutMs = 10_000, ReconnectBackoffMaxMs = 2_000, TopicMetadataRefreshIntervalMs = 30_000 };
        foreach (var (name, value) in tuning)
            config.Set(name, value);
        foreach (var (name, value) in options.Properties)
            config.Set(name, value);
        config.BootstrapServers = options.BootstrapServers;
        config.ClientId = options.ClientId;
        config.AllowAutoCreateTopics = false;
        Secure(config);
        return config.ToDictionary(pair => pair.Key, pair => pair.Value);
    }

    private void Secure(ClientConfig config)
    {
        config.SecurityProtocol = (SecurityProtocol)options.Security;
        if (options.Security is KafkaSecurity.SaslPlaintext or KafkaSecurity.SaslSsl)
        {
            config.Set("sasl.mechanism", options.SaslMechanism);
            config.SaslUsername = options.SaslUsername;
            config.SaslPassword = File.ReadAllText(options.SaslPasswordFile).TrimEnd('\r', '\n');
        }

        if (options.TlsCaFile.Length > 0)
            config.SslCaLocation = options.TlsCaFile;
        if (options.TlsCertificateFile.Length > 0)
            (config.SslCertificateLocation, config.SslKeyLocation) = (options.TlsCertificateFile, options.TlsKeyFile);
    }
}
