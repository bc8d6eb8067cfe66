using Pipeline.Shared.Model;

namespace Pipeline.AllInOne.Demo;

/// <summary>The shop's services: what they are written in and where they run.</summary>
internal static class DemoServices
{
    private static readonly Dictionary<string, (string Language, string Version, string Library)> Known = new()
    {
        ["storefront"] = ("nodejs", "4.2.0", "@opentelemetry/instrumentation-http"),
        ["catalog"] = ("go", "2.11.3", "go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"),
        ["recommendation"] = ("python", "0.9.1", "opentelemetry.instrumentation.flask"),
        ["cart"] = ("dotnet", "3.0.5", "OpenTelemetry.Instrumentation.AspNetCore"),
        ["checkout"] = ("java", "5.4.0", "io.opentelemetry.tomcat-10.0"),
        ["inventory"] = ("java", "1.8.2", "io.opentelemetry.spring-webmvc-6.0"),
        ["payment"] = ("dotnet", "2.6.0", "OpenTelemetry.Instrumentation.AspNetCore"),
        ["shipping"] = ("rust", "0.4.7", "opentelemetry-instrumentation-actix-web"),
        ["accounting"] = ("java", "1.1.0", "io.opentelemetry.kafka-clients-2.6"),
        ["notifications"] = ("ruby", "0.7.0", "OpenTelemetry::Instrumentation::Rdkafka"),
    };

    private static readonly Dictionary<string, Resource> Resources = Known.ToDictionary(s => s.Key, s => new Resource
    {
        Attributes = new AttributeList
        {
            { "service.name", s.Key },
            { "service.namespace", "demo-shop" },
            { "service.version", s.Value.Version },
            { "service.instance.id", s.Key + "-0" },
            { "deployment.environment.name", "demo" },
            { "telemetry.sdk.language", s.Value.Language },
            { "telemetry.sdk.name", "opentelemetry" },
            { "host.name", "node-" + s.Key.Length % 3 },
        },
    });

    public static IReadOnlyCollection<string> Names => Known.Keys;

    public static Resource Resource(string service) => Resources[service];

    public static InstrumentationScope Scope(string service, SpanKind kind) =>
        new() { Name = kind == SpanKind.Internal ? "demo-shop/" + service : Known[service].Library, Version = Known[service].Version };
}
