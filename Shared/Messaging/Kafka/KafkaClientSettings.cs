using System.Globalization;
using Confluent.Kafka;

namespace Pipeline.Shared.Messaging.Kafka;

/// <summary>Turns our options into librdkafka's (kafka's CONFIGURATION.md). What delivery rests on is set last, so that nothing can override it.</summary>
internal sealed class KafkaClientSettings(KafkaOptions options)
{
    // Below it a broker's usual 15 minutes; above, the steps' own deadlines.
    public static readonly TimeSpan TransactionTimeout = TimeSpan.FromSeconds(15);

    public ClientConfig Client()
    {
        var config = new ClientConfig
        {
            BootstrapServers = options.BootstrapServers,
            ClientId = options.ClientId,
            SecurityProtocol = (SecurityProtocol)options.Security,
            AllowAutoCreateTopics = false,
            // Fault recovery should not wait for the defaults of a minute.
            SocketTimeoutMs = 10_000,
            ReconnectBackoffMaxMs = 2_000,
            TopicMetadataRefreshIntervalMs = 30_000,
        };
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
        foreach (var (name, value) in options.Properties)
            config.Set(name, value);
        return config;
    }

    public ProducerConfig Producer() => new(Copy())
    {
        Acks = Acks.All,
        EnableIdempotence = true,
        CompressionType = (CompressionType)options.Compression,
        LingerMs = 1,
        QueueBufferingMaxKbytes = options.ProducerQueueKbytes,
        MessageTimeoutMs = (int)options.DeliveryTimeout.TotalMilliseconds,
        DeliveryReportFields = "status",
        StickyPartitioningLingerMs = 0,
    };

    public ProducerConfig TransactionalProducer(string transactionalId) => new(Copy())
    {
        TransactionalId = transactionalId,
        TransactionTimeoutMs = (int)TransactionTimeout.TotalMilliseconds,
        CompressionType = (CompressionType)options.Compression,
        LingerMs = 1,
        QueueBufferingMaxKbytes = options.ProducerQueueKbytes,
        DeliveryReportFields = "status",
    };

    public ConsumerConfig Consumer(ConsumerSettings settings)
    {
        var config = Reader(IsolationLevel.ReadCommitted);
        config.GroupId = settings.Group;
        config.GroupInstanceId = settings.InstanceId;
        config.SessionTimeoutMs = (int)settings.SessionTimeout.TotalMilliseconds;
        config.HeartbeatIntervalMs = Math.Clamp(config.SessionTimeoutMs.Value / 5, 100, 3_000);
        config.PartitionAssignmentStrategy = PartitionAssignmentStrategy.CooperativeSticky;
        return config;
    }

    public ConsumerConfig Reader(IsolationLevel isolation) => new(Copy())
    {
        // No group is ever joined under this name, and no offset committed.
        GroupId = "pipeline-reader",
        EnableAutoCommit = false,
        EnableAutoOffsetStore = false,
        // A missing offset is told apart from a lost one by us.
        AutoOffsetReset = AutoOffsetReset.Error,
        IsolationLevel = isolation,
        CheckCrcs = true,
        EnablePartitionEof = true,
        // The defaults answer every small record by itself, and back off for a second when enough is fetched.
        FetchWaitMaxMs = 50,
        FetchMinBytes = 64 * 1024,
        FetchQueueBackoffMs = 20,
        QueuedMaxMessagesKbytes = options.ConsumerQueueKbytes,
    };

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"Kafka at {options.BootstrapServers}");

    private Dictionary<string, string> Copy() => Client().ToDictionary(pair => pair.Key, pair => pair.Value);
}
