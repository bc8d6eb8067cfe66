using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace Pipeline.Shared.Messaging.Kafka;

/// <summary>What librdkafka says, at our levels.</summary>
internal sealed partial class KafkaEvents(ILogger logger)
{
    public void Handle(LogMessage message)
    {
        switch (message.Level)
        {
            case SyslogLevel.Emergency or SyslogLevel.Alert or SyslogLevel.Critical or SyslogLevel.Error:
                LogError(message.Name, message.Facility, message.Message);
                break;
            case SyslogLevel.Warning or SyslogLevel.Notice:
                LogWarning(message.Name, message.Facility, message.Message);
                break;
            default:
                LogDebug(message.Name, message.Facility, message.Message);
                break;
        }
    }

    public void Handle(Error error)
    {
        if (error.IsFatal)
            LogFatal(error.Code, error.Reason);
        else
            LogDebug("client", "ERROR", error.Reason);
    }

    // librdkafka calls connection trouble an error, although it mends it by itself: nothing is lost.
    [LoggerMessage(5000, LogLevel.Warning, "Kafka client {Client} ({Facility}): {Text}")]
    private partial void LogError(string client, string facility, string text);

    [LoggerMessage(5001, LogLevel.Information, "Kafka client {Client} ({Facility}): {Text}")]
    private partial void LogWarning(string client, string facility, string text);

    [LoggerMessage(5002, LogLevel.Debug, "Kafka client {Client} ({Facility}): {Text}")]
    private partial void LogDebug(string client, string facility, string text);

    [LoggerMessage(5003, LogLevel.Error, "A Kafka client can do no more ({Code}): {Reason}")]
    private partial void LogFatal(ErrorCode code, string reason);
}
