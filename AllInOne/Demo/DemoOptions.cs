namespace Pipeline.AllInOne.Demo;

/// <summary>The traffic of a small shop, for looking around. Section <c>Demo</c>.</summary>
public sealed class DemoOptions
{
    /// <summary>Send it. Default false.</summary>
    public bool Enabled { get; set; }

    /// <summary>Visits of the shop in a second, greater than 0, at most 1,000; each is a trace, an order two or three. Default 5.</summary>
    public double VisitsPerSecond { get; set; } = 5;

    /// <summary>What visits are like follows from this number; 0 takes one from the clock, so that two runs share no trace ids. Default 0.</summary>
    public int Seed { get; set; }
}
