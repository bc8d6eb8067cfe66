using Pipeline.Shared.Model;

namespace Pipeline.AllInOne.Demo;

/// <summary>Encodes spans as an OTLP ExportTraceServiceRequest (opentelemetry-proto, trace_service.proto and trace.proto), as an SDK would send them.</summary>
internal static class OtlpExportRequest
{
    public static byte[] Encode(IEnumerable<Span> spans)
    {
        var request = new ProtobufMessage();
        foreach (var service in spans.GroupBy(s => s.Resource))
        {
            var resourceSpans = new ProtobufMessage().Add(1, Attributes(new ProtobufMessage(), 1, service.Key.Attributes));
            foreach (var scope in service.GroupBy(s => s.Scope))
                resourceSpans.Add(2, ScopeSpans(scope.Key, scope));
            request.Add(1, resourceSpans);
        }

        return request.ToArray();
    }

    private static ProtobufMessage ScopeSpans(InstrumentationScope scope, IEnumerable<Span> spans)
    {
        var message = new ProtobufMessage().Add(1, new ProtobufMessage().Add(1, scope.Name).Add(2, scope.Version));
        foreach (var span in spans)
            message.Add(2, Encode(span));
        return message;
    }

    private static ProtobufMessage Encode(Span span)
    {
        var message = new ProtobufMessage()
            .Add(1, span.TraceId.ToByteArray())
            .Add(2, Bytes(span.SpanId))
            .Add(4, span.ParentSpanId.IsEmpty ? [] : Bytes(span.ParentSpanId))
            .Add(5, span.Name)
            .Add(6, (ulong)span.Kind)
            .AddFixed64(7, span.StartTimeUnixNano)
            .AddFixed64(8, span.EndTimeUnixNano);
        Attributes(message, 9, span.Attributes);
        foreach (var happening in span.Events)
            message.Add(11, Attributes(new ProtobufMessage().AddFixed64(1, happening.TimeUnixNano).Add(2, happening.Name), 3, happening.Attributes));
        foreach (var link in span.Links)
            message.Add(13, new ProtobufMessage().Add(1, link.TraceId.ToByteArray()).Add(2, Bytes(link.SpanId)));
        if (span.Status.Code != SpanStatusCode.Unset)
            message.Add(15, new ProtobufMessage().Add(2, span.Status.Message).Add(3, (ulong)span.Status.Code));
        return message;
    }

    private static ProtobufMessage Attributes(ProtobufMessage message, int field, AttributeList attributes)
    {
        foreach (var (key, value) in attributes)
            message.Add(field, new ProtobufMessage().Add(1, key).Add(2, Encode(value)));
        return message;
    }

    private static ProtobufMessage Encode(AttributeValue value) => value.Kind switch
    {
        AttributeValueKind.Boolean => new ProtobufMessage().Add(2, value.AsBoolean ? 1UL : 0),
        AttributeValueKind.Long => new ProtobufMessage().Add(3, (ulong)value.AsLong),
        AttributeValueKind.Double => new ProtobufMessage().AddFixed64(4, (ulong)BitConverter.DoubleToInt64Bits(value.AsDouble)),
        _ => new ProtobufMessage().Add(1, value.ToString()),
    };

    private static byte[] Bytes(SpanId id)
    {
        var bytes = new byte[SpanId.LengthBytes];
        id.Write(bytes);
        return bytes;
    }
}
