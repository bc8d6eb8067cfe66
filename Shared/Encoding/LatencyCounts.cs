namespace Pipeline.Shared.Encoding;

/// <summary>A histogram of seconds whose observations carry weights. Not for many threads at once.</summary>
public sealed class LatencyCounts
{
    /// <summary>Upper bounds of the buckets in seconds, inclusive; a last bucket without bound follows. 0.1 s doubling eight times, as Tempo has it.</summary>
    public static IReadOnlyList<double> Bounds { get; } = [0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8];

    private readonly double[] _buckets = new double[Bounds.Count + 1];

    /// <summary>Sum of the weights.</summary>
    public double Count { get; private set; }

    /// <summary>Sum of seconds times weight.</summary>
    public double Sum { get; private set; }

    /// <summary>Weight by bucket, not cumulative; one more than <see cref="Bounds"/>.</summary>
    public IReadOnlyList<double> Buckets => _buckets;

    /// <summary>Adds one observation.</summary>
    public void Observe(double seconds, double weight)
    {
        var bucket = 0;
        while (bucket < Bounds.Count && seconds > Bounds[bucket])
            bucket++;
        _buckets[bucket] += weight;
        Count += weight;
        Sum += seconds * weight;
    }

    /// <summary>Adds all of another histogram.</summary>
    public void Add(LatencyCounts other)
    {
        for (var i = 0; i < _buckets.Length; i++)
            _buckets[i] += other._buckets[i];
        Count += other.Count;
        Sum += other.Sum;
    }

    internal static LatencyCounts Read(ref AvroReader reader)
    {
        var latency = new LatencyCounts { Count = reader.ReadDouble(), Sum = reader.ReadDouble() };
        var index = 0;
        while (reader.ReadBlock(out _) is var count and > 0)
        {
            for (; count > 0; count--, index++)
            {
                if (index == latency._buckets.Length)
                    throw reader.Malformed($"more than {latency._buckets.Length} buckets");
                latency._buckets[index] = reader.ReadDouble();
            }
        }

        return index is 0 || index == latency._buckets.Length ? latency : throw reader.Malformed($"{index} buckets, not {latency._buckets.Length}");
    }

    internal void Write(AvroWriter writer)
    {
        writer.WriteDouble(Count);
        writer.WriteDouble(Sum);
        var block = writer.BeginBlock();
        var used = Count == 0 ? 0 : _buckets.Length;
        for (var i = 0; i < used; i++)
            writer.WriteDouble(_buckets[i]);
        writer.EndBlock(block, used);
    }
}
