namespace Pipeline.Shared.Messaging.Kafka;

/// <summary>How the connection to Kafka is protected; the names are Kafka's.</summary>
public enum KafkaSecurity
{
    /// <summary>Neither encrypted nor authenticated.</summary>
    Plaintext,

    /// <summary>TLS.</summary>
    Ssl,

    /// <summary>SASL without encryption.</summary>
    SaslPlaintext,

    /// <summary>SASL over TLS.</summary>
    SaslSsl,
}
