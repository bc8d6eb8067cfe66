using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Prometheus;

namespace Pipeline.Shared.Hosting;

/// <summary>What every process has: logging, health, metrics, the admin port, a clock, a deadline for stopping.</summary>
public static class PipelineDefaults
{
    /// <summary>Adds all of it.</summary>
    public static WebApplicationBuilder AddPipelineDefaults(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddPipelineOptions<AdminOptions, AdminOptionsValidator>("Admin");
        services.AddPipelineOptions<TopicsOptions, TopicsOptionsValidator>("Topics");
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<StageHealth>();
        services.AddSingleton(Metrics.NewCustomRegistry());
        services.AddSingleton<IMetricFactory>(provider => Metrics.WithCustomRegistry(provider.GetRequiredService<CollectorRegistry>()));
        services.AddRouting();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<MatcherPolicy, EndpointPorts.Policy>());
        services.AddOptions<HostOptions>().Configure<IOptions<AdminOptions>>((host, admin) => host.ShutdownTimeout = admin.Value.DrainTimeout);
        builder.WebHost.ConfigureKestrel((context, kestrel) =>
        {
            var admin = kestrel.ApplicationServices.GetRequiredService<IOptions<AdminOptions>>().Value;
            kestrel.AddServerHeader = false;
            kestrel.Listen(IPAddress.Parse(admin.Address), admin.Port);
        });
        DrainingServer.Wrap(services);
        AddLogging(builder);
        return builder;
    }

    /// <summary>Maps <c>/metrics</c>, <c>/livez</c> and <c>/readyz</c>, on every port of the process that no stage has claimed for itself.</summary>
    public static void MapAdmin(this WebApplication app)
    {
        var health = app.Services.GetRequiredService<StageHealth>();
        app.MapGet("/metrics", WriteMetricsAsync);
        app.MapGet("/livez", () => Answer(health, !health.HasFailed));
        app.MapGet("/readyz", () => Answer(health, health.IsReady && !health.HasFailed));
    }

    private static async Task WriteMetricsAsync(HttpContext context, CollectorRegistry registry, IEnumerable<MetricsSupplement> supplements)
    {
        using var buffer = new MemoryStream();
        await registry.CollectAndExportAsTextAsync(buffer, context.RequestAborted);
        await using (var writer = new StreamWriter(buffer, leaveOpen: true))
            foreach (var supplement in supplements)
                supplement.Write(writer);
        context.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
        context.Response.ContentLength = buffer.Length;
        buffer.Position = 0;
        await buffer.CopyToAsync(context.Response.Body, context.RequestAborted);
    }

    private static IResult Answer(StageHealth health, bool good) =>
        Results.Text(string.Concat(health.Stages.Select(s => $"{s.Key}: {s.Value.Detail}\n")) + (good ? "ok\n" : "not ok\n"),
            statusCode: good ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);

    private static void AddLogging(WebApplicationBuilder builder)
    {
        builder.Logging.ClearProviders();
        builder.Logging.AddConfiguration(builder.Configuration.GetSection("Logging"));
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        builder.Logging.AddFilter("Grpc", LogLevel.Warning);
        if (builder.Configuration.GetValue<string>("Admin:LogFormat") is { } format && format.Equals(nameof(LogFormat.Json), StringComparison.OrdinalIgnoreCase))
            builder.Logging.AddJsonConsole(console => console.UseUtcTimestamp = true);
        else
            builder.Logging.AddSimpleConsole(console =>
            {
                console.SingleLine = true;
                console.UseUtcTimestamp = true;
                console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
            });
    }
}
