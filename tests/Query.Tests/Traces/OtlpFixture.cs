using System.Globalization;
using System.Text.Json;
using Pipeline.Shared.Model;

namespace Pipeline.Query.Tests.Traces;

/// <summary>Reads the few fields of OTLP JSON that the fixture uses, and fails on any other.</summary>
internal static class OtlpFixture
{
    public static IEnumerable<Span> Read(JsonElement request)
    {
        foreach (var resource in request.GetProperty("resourceSpans").EnumerateArray())
            foreach (var scope in resource.GetProperty("scopeSpans").EnumerateArray())
                foreach (var span in scope.GetProperty("spans").EnumerateArray())
                    yield return Read(span, ReadAttributes(resource.GetProperty("resource")), scope.GetProperty("scope").GetProperty("name").GetString()!);
    }

    private static Span Read(JsonElement span, AttributeList resource, string scope)
    {
        Assert.True(TraceId.TryParse(Text(span, "traceId"), out var traceId));
        Assert.True(SpanId.TryParse(Text(span, "spanId"), out var spanId));
        Assert.True(SpanId.TryParse(Text(span, "parentSpanId"), out var parentId));
        return new Span
        {
            TraceId = traceId,
            SpanId = spanId,
            ParentSpanId = parentId,
            Name = Text(span, "name"),
            Kind = (SpanKind)span.GetProperty("kind").GetInt32(),
            StartTimeUnixNano = ulong.Parse(Text(span, "startTimeUnixNano"), CultureInfo.InvariantCulture),
            EndTimeUnixNano = ulong.Parse(Text(span, "endTimeUnixNano"), CultureInfo.InvariantCulture),
            Attributes = ReadAttributes(span),
            Resource = new Resource { Attributes = resource },
            Scope = new InstrumentationScope { Name = scope },
        };
    }

    private static AttributeList ReadAttributes(JsonElement owner)
    {
        var attributes = new AttributeList();
        foreach (var attribute in owner.GetProperty("attributes").EnumerateArray())
            attributes.Add(Text(attribute, "key"), Text(attribute.GetProperty("value"), "stringValue"));
        return attributes;
    }

    private static string Text(JsonElement owner, string name) => owner.GetProperty(name).GetString()!;
}
