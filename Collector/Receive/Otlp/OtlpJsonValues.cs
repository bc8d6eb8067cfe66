using Pipeline.Shared.Model;

namespace Pipeline.Collector.Receive.Otlp;

/// <summary>Reads ids and attributes of one span, and remembers the first thing that makes it invalid.</summary>
internal sealed class OtlpJsonValues(CollectorOptions options)
{
    public static readonly IReadOnlyList<string> Kinds = ["UNSPECIFIED", "INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER"];
    public static readonly IReadOnlyList<string> StatusCodes = ["UNSET", "OK", "ERROR"];

    /// <summary>What makes the span invalid.</summary>
    public RejectionReason Problem { get; set; }

    public TraceId TraceId(OtlpJsonElement element, string name, RejectionReason otherwise)
    {
        var text = element.Text(name);
        if (text.Length == 32 && Shared.Model.TraceId.TryParse(text, out var id) && (!id.IsEmpty || otherwise == RejectionReason.InvalidLink))
            return id;
        Note(otherwise);
        return default;
    }

    public SpanId SpanId(OtlpJsonElement element, string name, RejectionReason otherwise)
    {
        var text = element.Text(name);
        if (text.Length == 16 && Shared.Model.SpanId.TryParse(text, out var id) && (!id.IsEmpty || otherwise == RejectionReason.InvalidLink))
            return id;
        Note(otherwise);
        return default;
    }

    public SpanId ParentSpanId(OtlpJsonElement element)
    {
        var text = element.Text("parentSpanId");
        if (text.Length == 0)
            return default;
        if (text.Length == 16 && Shared.Model.SpanId.TryParse(text, out var id))
            return id;
        Note(RejectionReason.InvalidParentSpanId);
        return default;
    }

    public AttributeList Attributes(OtlpJsonElement element) => ReadList(element, "attributes", 0);

    private AttributeList ReadList(OtlpJsonElement element, string name, int depth)
    {
        AttributeList? list = null;
        foreach (var item in element.Items(name))
        {
            list ??= [];
            if (list.Count >= options.MaxAttributes)
            {
                Note(RejectionReason.TooManyAttributes);
                break;
            }

            list.Add(BoundedKey(item.Text("key")), ReadValue(item.Member("value"), depth));
        }

        return list ?? AttributeList.Empty;
    }

    private AttributeValue ReadValue(OtlpJsonElement element, int depth)
    {
        if (depth > options.MaxAttributeDepth)
        {
            Note(RejectionReason.AttributeTooDeep);
            return AttributeValue.Empty;
        }

        if (element.Has("stringValue"))
            return AttributeValue.From(Bounded(element.Text("stringValue")));
        if (element.Has("boolValue"))
            return AttributeValue.From(element.Member("boolValue").AsBoolean());
        if (element.Has("intValue"))
            return AttributeValue.From(element.Member("intValue").AsNumber<long>());
        if (element.Has("doubleValue"))
            return AttributeValue.From(element.Member("doubleValue").AsDouble());
        if (element.Has("bytesValue"))
            return AttributeValue.From(Bounded(element.Member("bytesValue").AsBase64()));
        if (element.Has("arrayValue"))
            return AttributeValue.From((IReadOnlyList<AttributeValue>)[.. element.Member("arrayValue").Items("values").Select(v => ReadValue(v, depth + 1))]);
        return element.Has("kvlistValue") ? AttributeValue.From(ReadList(element.Member("kvlistValue"), "values", depth + 1)) : AttributeValue.Empty;
    }

    private string BoundedKey(string key)
    {
        if (System.Text.Encoding.UTF8.GetByteCount(key) > options.MaxAttributeKeyBytes)
            Note(RejectionReason.AttributeKeyTooLarge);
        return key;
    }

    private string Bounded(string text)
    {
        if (text.Length > options.MaxAttributeValueBytes || System.Text.Encoding.UTF8.GetByteCount(text) > options.MaxAttributeValueBytes)
            Note(RejectionReason.AttributeTooLarge);
        return text;
    }

    private byte[] Bounded(byte[] bytes)
    {
        if (bytes.Length > options.MaxAttributeValueBytes)
            Note(RejectionReason.AttributeTooLarge);
        return bytes;
    }

    private void Note(RejectionReason reason)
    {
        if (Problem == RejectionReason.None)
            Problem = reason;
    }
}
