namespace Pipeline.Shared.Storage;

/// <summary>Moments as nanoseconds since the Unix epoch, held to the range that a signed 64-bit number can say (1970 to 2262).</summary>
internal static class UnixTime
{
    /// <summary>Nanoseconds of a moment; what lies outside the range becomes its nearest end.</summary>
    public static long ToUnixNano(DateTimeOffset moment)
    {
        var ticks = (moment - DateTimeOffset.UnixEpoch).Ticks;
        return ticks <= 0 ? 0 : ticks > long.MaxValue / 100 ? long.MaxValue : ticks * 100;
    }

    /// <summary>A span's time as a signed number.</summary>
    public static long Clamp(ulong unixNano) => (long)Math.Min(unixNano, long.MaxValue);

    /// <summary>Nanoseconds of a duration; what is too long becomes the longest.</summary>
    public static long ToNano(TimeSpan duration) => duration.Ticks > long.MaxValue / 100 ? long.MaxValue : duration.Ticks * 100;
}
