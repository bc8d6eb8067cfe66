using System.Globalization;

namespace Pipeline.Shared.Sampling;

/// <summary>
/// Reads and updates the <c>ot</c> member of a W3C trace state (OpenTelemetry specification, tracestate-handling): <c>ot=th:c;rv:0123456789abcd</c>.
/// What breaks the rules is as good as absent; nothing here throws for what came in.
/// </summary>
public static class OtelTraceState
{
    /// <summary>How many characters the value of <c>ot</c> may have.</summary>
    public const int MaxValueLength = 256;

    /// <summary>How many members a trace state may have (W3C Trace Context, section 3.3.1.1).</summary>
    public const int MaxMembers = 32;

    private const int MaxDigits = 14;
    private const int StackBytes = 512;

    /// <summary>
    /// The rejection threshold <c>th</c>: 1 to 14 lower-case hex digits, right-padded with zeros. False where there is none or it is malformed: the probability is then unknown.
    /// </summary>
    public static bool TryReadThreshold(ReadOnlySpan<byte> traceState, out ulong threshold) => TryReadHex(Find(traceState, "th:"u8), out threshold);

    /// <inheritdoc cref="TryReadThreshold(ReadOnlySpan{byte}, out ulong)"/>
    public static bool TryReadThreshold(string traceState, out ulong threshold) => TryReadThreshold(ToBytes(traceState, stackalloc byte[StackBytes]), out threshold);

    /// <summary>The explicit randomness <c>rv</c>: exactly 14 lower-case hex digits. False where there is none or it is malformed: the trace id's low 56 bits are then the randomness.</summary>
    public static bool TryReadRandomness(ReadOnlySpan<byte> traceState, out ulong randomness)
    {
        var digits = Find(traceState, "rv:"u8);
        randomness = 0;
        return digits.Length == MaxDigits && TryReadHex(digits, out randomness);
    }

    /// <inheritdoc cref="TryReadRandomness(ReadOnlySpan{byte}, out ulong)"/>
    public static bool TryReadRandomness(string traceState, out ulong randomness) => TryReadRandomness(ToBytes(traceState, stackalloc byte[StackBytes]), out randomness);

    /// <summary>
    /// The trace state with this threshold, or with none where it is null. All else stays, but a changed member moves to the front and members beyond <see cref="MaxMembers"/> are left out.
    /// The trace state comes back as it was where <c>ot</c> would become longer than <see cref="MaxValueLength"/>. Throws <see cref="ArgumentOutOfRangeException"/> for 2^56 and more.
    /// </summary>
    public static string WithThreshold(string traceState, ulong? threshold) => With(traceState, "th:", threshold is { } value ? SamplingThreshold.ToText(value) : null);

    /// <summary>The trace state with this explicit randomness; otherwise as <see cref="WithThreshold"/>. Only for a trace whose <c>rv</c> and <c>th</c> are absent: neither may be changed on the way.</summary>
    public static string WithRandomness(string traceState, ulong randomness)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(randomness, SamplingThreshold.Ceiling);
        return With(traceState, "rv:", randomness.ToString("x14", CultureInfo.InvariantCulture));
    }

    private static string With(string traceState, string key, string? value)
    {
        var members = traceState.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var index = Array.FindIndex(members, m => m.StartsWith("ot=", StringComparison.Ordinal));
        var before = index < 0 ? "" : members[index][3..];
        var after = Replace(before, key, value);
        if (after == before || after.Length > MaxValueLength)
            return traceState;
        var others = members.Where((_, i) => i != index);
        return string.Join(',', (after.Length == 0 ? others : others.Prepend("ot=" + after)).Take(MaxMembers));
    }

    private static string Replace(string member, string key, string? value)
    {
        var pairs = member.Split(';', StringSplitOptions.RemoveEmptyEntries).ToList();
        var index = pairs.FindIndex(p => p.StartsWith(key, StringComparison.Ordinal));
        if (index < 0 && value is not null)
            pairs.Insert(0, key + value);
        else if (index >= 0 && value is not null)
            pairs[index] = key + value;
        else if (index >= 0)
            pairs.RemoveAt(index);
        return string.Join(';', pairs);
    }

    private static ReadOnlySpan<byte> Find(ReadOnlySpan<byte> traceState, scoped ReadOnlySpan<byte> key)
    {
        while (!traceState.IsEmpty)
        {
            var member = TakeUntil(ref traceState, (byte)',').Trim(" \t"u8);
            if (member.StartsWith("ot="u8))
                return member.Length - 3 > MaxValueLength ? [] : FindPair(member[3..], key);
        }

        return [];
    }

    private static ReadOnlySpan<byte> FindPair(ReadOnlySpan<byte> value, scoped ReadOnlySpan<byte> key)
    {
        while (!value.IsEmpty)
        {
            var pair = TakeUntil(ref value, (byte)';');
            if (pair.StartsWith(key))
                return pair[key.Length..];
        }

        return [];
    }

    private static bool TryReadHex(ReadOnlySpan<byte> digits, out ulong value)
    {
        value = 0;
        if (digits.Length is 0 or > MaxDigits)
            return false;
        ulong bits = 0;
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
            bits = (bits << 4) | (uint)nibble;
        }

        value = bits << (4 * (MaxDigits - digits.Length));
        return true;
    }

    private static ReadOnlySpan<byte> TakeUntil(scoped ref ReadOnlySpan<byte> text, byte separator)
    {
        var end = text.IndexOf(separator);
        var part = end < 0 ? text : text[..end];
        text = end < 0 ? [] : text[(end + 1)..];
        return part;
    }

    private static ReadOnlySpan<byte> ToBytes(string text, Span<byte> room) =>
        text.Length * 3 <= room.Length ? room[..System.Text.Encoding.UTF8.GetBytes(text, room)] : System.Text.Encoding.UTF8.GetBytes(text);
}
