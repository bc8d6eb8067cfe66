using Microsoft.Extensions.Options;

namespace Pipeline.Shared.Messaging.Kafka;

/// <summary>Checks <see cref="KafkaOptions"/> and reports every error, beginning with the path of its setting.</summary>
public sealed class KafkaOptionsValidator : IValidateOptions<KafkaOptions>
{
    private static readonly string[] Mechanisms = ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"];

    // What the pipeline's promises rest on.
    private static readonly string[] Refused =
    [
        "acks", "request.required.acks", "enable.idempotence", "enable.auto.commit", "enable.auto.offset.store", "isolation.level", "auto.offset.reset", "transactional.id",
        "group.id", "group.instance.id", "partition.assignment.strategy", "partitioner", "check.crcs", "enable.partition.eof", "max.in.flight", "max.in.flight.requests.per.connection",
        "retries", "message.send.max.retries", "allow.auto.create.topics", "bootstrap.servers", "metadata.broker.list", "sasl.password", "ssl.key.password",
    ];

    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, KafkaOptions options)
    {
        var errors = new List<string>();
        if (!options.BootstrapServers.Split(',').All(IsServer))
            errors.Add($"Kafka:BootstrapServers: '{options.BootstrapServers}' is not of the form host:port,host:port.");
        RequireRange("DeliveryTimeout", options.DeliveryTimeout.TotalSeconds, 1, 600, " s");
        RequireRange("ProducerQueueKbytes", options.ProducerQueueKbytes, 1024, 2_097_151, "");
        RequireRange("ConsumerQueueKbytes", options.ConsumerQueueKbytes, 64, 2_097_151, "");
        ValidateSasl(options, errors);
        RequireFile("TlsCaFile", options.TlsCaFile);
        RequireFile("TlsCertificateFile", options.TlsCertificateFile);
        RequireFile("TlsKeyFile", options.TlsKeyFile);
        if (options.TlsCertificateFile.Length > 0 != options.TlsKeyFile.Length > 0)
            errors.Add("Kafka:TlsKeyFile: a client certificate and its key go together.");
        foreach (var property in options.Properties.Keys.Where(p => Refused.Contains(p, StringComparer.Ordinal)))
            errors.Add($"Kafka:Properties:{property}: cannot be set, delivery rests on the pipeline's own value or setting.");
        return errors.Count > 0 ? ValidateOptionsResult.Fail(errors) : ValidateOptionsResult.Success;

        void RequireRange(string setting, double value, double min, double max, string unit)
        {
            if (!(value >= min && value <= max))
                errors.Add($"Kafka:{setting}: {value}{unit} is not between {min} and {max}{unit}.");
        }

        void RequireFile(string setting, string path)
        {
            if (path.Length > 0 && !File.Exists(path))
                errors.Add($"Kafka:{setting}: there is no file {path}.");
        }
    }

    private static bool IsServer(string server)
    {
        var split = server.LastIndexOf(':');
        return split > 0 && int.TryParse(server.AsSpan(split + 1), out var port) && port is > 0 and <= 65535;
    }

    private static void ValidateSasl(KafkaOptions options, List<string> errors)
    {
        if (options.Security is not (KafkaSecurity.SaslPlaintext or KafkaSecurity.SaslSsl))
        {
            if (options.SaslMechanism.Length + options.SaslUsername.Length + options.SaslPasswordFile.Length > 0)
                errors.Add("Kafka:Security: SASL settings need SaslPlaintext or SaslSsl.");
            return;
        }

        if (!Mechanisms.Contains(options.SaslMechanism))
            errors.Add($"Kafka:SaslMechanism: '{options.SaslMechanism}' is not one of {string.Join(", ", Mechanisms)}.");
        if (options.SaslUsername.Length == 0)
            errors.Add("Kafka:SaslUsername: must not be empty with SASL.");
        if (!File.Exists(options.SaslPasswordFile))
            errors.Add($"Kafka:SaslPasswordFile: there is no file '{options.SaslPasswordFile}'.");
    }
}
