namespace Pipeline.Shared.Messaging.Kafka;

/// <summary>How to reach Kafka. Section <c>Kafka</c>.</summary>
public sealed class KafkaOptions
{
    /// <summary>Brokers to begin with: <c>host:port</c>, separated by commas. Default 127.0.0.1:9092.</summary>
    public string BootstrapServers { get; set; } = "127.0.0.1:9092";

    /// <summary>Name of this client in the brokers' logs and quotas. Default <c>pipeline</c>.</summary>
    public string ClientId { get; set; } = "pipeline";

    /// <summary>How record batches are compressed: none, gzip, snappy, lz4 or zstd. Default snappy.</summary>
    public KafkaCompression Compression { get; set; } = KafkaCompression.Snappy;

    /// <summary>How the connection is protected. Default none.</summary>
    public KafkaSecurity Security { get; set; } = KafkaSecurity.Plaintext;

    /// <summary>SASL mechanism: PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512; empty without SASL.</summary>
    public string SaslMechanism { get; set; } = "";

    /// <summary>SASL user; empty without SASL.</summary>
    public string SaslUsername { get; set; } = "";

    /// <summary>A file that holds the SASL password and nothing else (a trailing line break is ignored); empty without SASL.</summary>
    public string SaslPasswordFile { get; set; } = "";

    /// <summary>Certificates (PEM) that the brokers' are signed by; empty for the system's.</summary>
    public string TlsCaFile { get; set; } = "";

    /// <summary>This client's certificate (PEM), where brokers ask for one.</summary>
    public string TlsCertificateFile { get; set; } = "";

    /// <summary>The certificate's private key (PEM).</summary>
    public string TlsKeyFile { get; set; } = "";

    /// <summary>How long a record may wait for its acknowledgement, 1 s to 10 min. Default 20 s.</summary>
    public TimeSpan DeliveryTimeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>What the producer may hold unacknowledged, in KiB, 1,024 to 2,097,151. Default 131,072 (128 MiB); beyond it appending is refused for now.</summary>
    public int ProducerQueueKbytes { get; set; } = 128 * 1024;

    /// <summary>What a consumer may fetch ahead, in KiB, 64 to 2,097,151. Default 32,768.</summary>
    public int ConsumerQueueKbytes { get; set; } = 32 * 1024;

    /// <summary>Further librdkafka properties, passed on as they are. Those that would weaken delivery are refused by name.</summary>
    public IDictionary<string, string> Properties { get; } = new Dictionary<string, string>();
}
