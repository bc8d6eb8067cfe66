using System.Globalization;
using System.Text.Json;

namespace Pipeline.Collector.Receive.Otlp;

/// <summary>
/// A JSON value and where it stands, so that an error can name the field. Absent members and <c>null</c> read as the default, as protobuf's JSON form has it; a value of
/// a wrong type throws <see cref="MalformedRequestException"/>.
/// </summary>
internal readonly struct OtlpJsonElement(JsonElement element, string path)
{
    public string Path => path;

    private bool IsAbsent => element.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null;

    public OtlpJsonElement Member(string name)
    {
        if (IsAbsent)
            return new OtlpJsonElement(default, $"{path}.{name}");
        if (element.ValueKind != JsonValueKind.Object)
            throw Wrong("an object");
        return new OtlpJsonElement(element.TryGetProperty(name, out var member) ? member : default, $"{path}.{name}");
    }

    public bool Has(string name) => element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var member) && member.ValueKind != JsonValueKind.Null;

    public IEnumerable<OtlpJsonElement> Items(string name)
    {
        var list = Member(name);
        return list.IsAbsent ? [] : list.AsItems();
    }

    public string Text(string name) => Member(name).AsText();

    public ulong UInt64(string name) => Member(name).AsNumber<ulong>();

    public uint UInt32(string name) => Member(name).AsNumber<uint>();

    /// <summary>An enum, by number or by name; a number that nobody knows reads as 0.</summary>
    public int Enum(string name, string prefix, IReadOnlyList<string> names)
    {
        var member = Member(name);
        if (member.IsString)
        {
            var known = names.ToList().FindIndex(n => prefix + n == member.AsText());
            return known >= 0 ? known : throw member.Wrong("one of " + string.Join(", ", names.Select(n => prefix + n)));
        }

        var number = member.AsNumber<int>();
        return number >= 0 && number < names.Count ? number : 0;
    }

    public bool IsString => element.ValueKind == JsonValueKind.String;

    public string AsText()
    {
        if (IsAbsent)
            return "";
        return IsString ? element.GetString()! : throw Wrong("text");
    }

    public bool AsBoolean() => element.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Wrong("true or false"),
    };

    /// <summary>A whole number, as a number or as text.</summary>
    public T AsNumber<T>() where T : struct, System.Numerics.IBinaryInteger<T>
    {
        if (IsAbsent)
            return default;
        var text = element.ValueKind switch
        {
            JsonValueKind.Number => element.GetRawText(),
            JsonValueKind.String => element.GetString()!,
            _ => throw Wrong("a whole number"),
        };
        if (T.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
            return number;
        // Protobuf's JSON form allows 1e3 and 1.0 for whole numbers.
        return decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var exact) && exact == decimal.Truncate(exact)
            && exact >= decimal.CreateSaturating(T.CreateSaturating(decimal.MinValue)) && exact <= decimal.CreateSaturating(T.CreateSaturating(decimal.MaxValue))
            ? T.CreateTruncating(exact)
            : throw Wrong("a whole number of its type");
    }

    public double AsDouble() => element.ValueKind switch
    {
        JsonValueKind.Number => element.GetDouble(),
        JsonValueKind.String => element.GetString() switch
        {
            "NaN" => double.NaN,
            "Infinity" => double.PositiveInfinity,
            "-Infinity" => double.NegativeInfinity,
            var text => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : throw Wrong("a number"),
        },
        _ => throw Wrong("a number"),
    };

    public byte[] AsBase64()
    {
        var text = AsText();
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var count) ? bytes[..count] : throw Wrong("base64");
    }

    public MalformedRequestException Wrong(string expected) => new($"{path}: {expected} is expected, not {Describe()}.");

    private IEnumerable<OtlpJsonElement> AsItems()
    {
        if (element.ValueKind != JsonValueKind.Array)
            throw Wrong("an array");
        var at = path;
        return element.EnumerateArray().Select((item, index) => new OtlpJsonElement(item, $"{at}[{index}]"));
    }

    private string Describe()
    {
        if (element.ValueKind == JsonValueKind.Undefined)
            return "nothing";
        var text = element.GetRawText();
        return text.Length <= 40 ? text : text[..40] + "…";
    }
}
