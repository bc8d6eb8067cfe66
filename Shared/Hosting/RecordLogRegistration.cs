using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Pipeline.Shared.Encoding;
using Pipeline.Shared.Messaging;
using Pipeline.Shared.Messaging.Kafka;

namespace Pipeline.Shared.Hosting;

/// <summary>The record log of a process.</summary>
public static class RecordLogRegistration
{
    /// <summary>Kafka as the log, its topics verified before any stage starts.</summary>
    public static IServiceCollection AddKafkaLog(this IServiceCollection services)
    {
        services.AddPipelineOptions<KafkaOptions, KafkaOptionsValidator>("Kafka");
        services.AddSingleton<IRecordLog>(provider => new KafkaLog(provider.GetRequiredService<IOptions<KafkaOptions>>().Value,
            provider.GetRequiredService<ILogger<KafkaLog>>(), provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton(new RecordFraming());
        services.AddHostedService<TopicGuard>();
        return services;
    }

    /// <summary>A log that lives in this process, its topics created before any stage starts.</summary>
    public static IServiceCollection AddRecordLog(this IServiceCollection services, IRecordLog log)
    {
        services.AddSingleton(log);
        services.TryAddSingleton(new RecordFraming());
        services.AddHostedService<TopicCreation>();
        return services;
    }
}
