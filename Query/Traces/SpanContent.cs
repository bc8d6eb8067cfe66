using System.Globalization;
using Pipeline.Shared.Model;

namespace Pipeline.Query.Traces;

/// <summary>
/// Small repairs of single spans: attributes and events in order, numeric IPv4 addresses in dotted form, the SDK's attributes on the resource, where they belong, and no
/// links to nowhere.
/// </summary>
internal static class SpanContent
{
    private static readonly string[] SdkKeys = ["telemetry.distro.name", "telemetry.distro.version", "telemetry.sdk.language", "telemetry.sdk.name", "telemetry.sdk.version"];

    public static void Tidy(ShownTrace trace)
    {
        // Most spans of a trace share their resource: tidy it once.
        var resources = new Dictionary<Resource, Resource>(ReferenceEqualityComparer.Instance);
        foreach (var shown in trace.Spans)
        {
            var span = shown.Span;
            if (!resources.TryGetValue(span.Resource, out var resource))
                resources[span.Resource] = resource = span.Resource with { Attributes = Tidy(span.Resource.Attributes) };
            shown.Span = span with
            {
                Resource = resource,
                Attributes = Tidy(span.Attributes),
                Events = [.. span.Events.Select(e => e with { Attributes = Tidy(e.Attributes) }).OrderBy(e => e.TimeUnixNano)],
                Links = span.Links.Any(IsNowhere) ? [.. span.Links.Where(l => !IsNowhere(l))] : span.Links,
            };
            MoveSdkAttributes(shown);
        }
    }

    private static bool IsNowhere(SpanLink link) => link.TraceId.IsEmpty || link.SpanId.IsEmpty;

    private static AttributeList Tidy(AttributeList attributes)
    {
        if (attributes.Count == 0)
            return attributes;
        var tidy = new AttributeList();
        foreach (var (key, value) in attributes.OrderBy(a => a.Key, StringComparer.Ordinal))
            tidy.Add(key, key is "ip" or "peer.ipv4" ? WithDots(value) : value);
        return tidy;
    }

    private static AttributeValue WithDots(AttributeValue value)
    {
        var number = value.Kind switch
        {
            AttributeValueKind.Long => value.AsLong,
            AttributeValueKind.Double when value.AsDouble is >= int.MinValue and <= uint.MaxValue => (long)value.AsDouble,
            _ => long.MaxValue,
        };
        if (number is < int.MinValue or > uint.MaxValue)
            return value;
        var bits = (uint)number;
        return AttributeValue.From(string.Create(CultureInfo.InvariantCulture, $"{bits >> 24}.{(bits >> 16) & 255}.{(bits >> 8) & 255}.{bits & 255}"));
    }

    private static void MoveSdkAttributes(ShownSpan shown)
    {
        if (!SdkKeys.Any(k => shown.Span.Attributes[k] is not null))
            return;
        var (own, ofResource) = (new AttributeList(), new AttributeList());
        foreach (var (key, value) in shown.Span.Resource.Attributes)
            ofResource.Add(key, value);
        foreach (var (key, value) in shown.Span.Attributes)
        {
            var known = SdkKeys.Contains(key) ? ofResource[key] : null;
            if (known is { } other && other != value)
                shown.Warn($"conflicting values between Span and Resource for attribute {key}");
            if (!SdkKeys.Contains(key) || (known is { } conflicting && conflicting != value))
                own.Add(key, value);
            else if (known is null)
                ofResource.Add(key, value);
        }

        shown.Span = shown.Span with { Attributes = own, Resource = shown.Span.Resource with { Attributes = Tidy(ofResource) } };
    }
}
