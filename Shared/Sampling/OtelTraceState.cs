namespace Pipeline.Shared.Sampling;

/// <summary>Reads the <c>ot</c> member of a W3C trace state (OpenTelemetry specification, tracestate-handling): <c>ot=th:c;rv:0123456789abcd</c>.</summary>
public static class OtelTraceState
{
    private const int MaxDigits = 14;

    /// <summary>
    /// The rejection threshold <c>th</c>: 1 to 14 lower-case hex digits, right-padded with zeros. False where there is none or it is malformed: the probability is then unknown.
    /// </summary>
    public static bool TryReadThreshold(ReadOnlySpan<byte> traceState, out ulong threshold)
    {
        threshold = 0;
        while (!traceState.IsEmpty)
        {
            var member = TakeUntil(ref traceState, (byte)',').Trim(" \t"u8);
            if (member.StartsWith("ot="u8))
                return TryReadMember(member[3..], out threshold);
        }

        return false;
    }

    /// <inheritdoc cref="TryReadThreshold(ReadOnlySpan{byte}, out ulong)"/>
    public static bool TryReadThreshold(string traceState, out ulong threshold)
    {
        threshold = 0;
        return traceState.Length > 0 && TryReadThreshold(System.Text.Encoding.UTF8.GetBytes(traceState), out threshold);
    }

    private static bool TryReadMember(ReadOnlySpan<byte> value, out ulong threshold)
    {
        threshold = 0;
        while (!value.IsEmpty)
        {
            var pair = TakeUntil(ref value, (byte)';');
            if (pair.StartsWith("th:"u8))
                return TryReadHex(pair[3..], out threshold);
        }

        return false;
    }

    private static bool TryReadHex(ReadOnlySpan<byte> digits, out ulong value)
    {
        value = 0;
        if (digits.Length is 0 or > MaxDigits)
            return false;
        foreach (var digit in digits)
        {
            var nibble = digit switch
            {
                >= (byte)'0' and <= (byte)'9' => digit - '0',
                >= (byte)'a' and <= (byte)'f' => digit - 'a' + 10,
                _ => -1,
            };
            if (nibble < 0)
                return false;
            value = (value << 4) | (uint)nibble;
        }

        value <<= 4 * (MaxDigits - digits.Length);
        return true;
    }

    private static ReadOnlySpan<byte> TakeUntil(ref ReadOnlySpan<byte> text, byte separator)
    {
        var end = text.IndexOf(separator);
        var part = end < 0 ? text : text[..end];
        text = end < 0 ? [] : text[(end + 1)..];
        return part;
    }
}
