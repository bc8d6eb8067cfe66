using System.Diagnostics;
using Xunit;

namespace Pipeline.Architecture.Tests.Compiled;

/// <summary>The reader of metadata sees uses wherever they hide; tried on the types nested here.</summary>
public sealed class CompiledAssemblyTests
{
    private static readonly CompiledAssembly Itself = CompiledAssembly.Read(typeof(CompiledAssemblyTests).Assembly.Location);

    [Theory]
    [InlineData("System.Diagnostics.Stopwatch", "GetTimestamp")] // a call
    [InlineData("System.Text.StringBuilder", null)] // a field
    [InlineData("System.Uri", null)] // a generic argument of a parameter
    [InlineData("System.TimeZoneNotFoundException", null)] // a caught exception
    [InlineData("System.ObsoleteAttribute", ".ctor")] // an attribute
    [InlineData("System.Threading.Lock", ".ctor")] // inside an async lambda
    [InlineData("System.IDisposable", null)] // an interface
    public void A_use_is_seen_wherever_it_is(string type, string? member) =>
        Assert.Contains(Itself.Uses, u => u.From == typeof(CompiledAssemblyTests).FullName && u.To == type && (member is null || u.Member == member));

    [Fact]
    public void A_use_carries_the_assembly_of_what_is_used() => Assert.Contains(Itself.Uses, u => u.To == "Xunit.Assert" && u.Assembly == "xunit.v3.assert");

    [Fact]
    public void What_is_not_used_is_not_seen() => Assert.DoesNotContain(Itself.Uses, u => u.To == "System.Threading.Barrier");

    [Fact]
    public void An_open_class_is_told_from_sealed_abstract_and_static_ones()
    {
        var open = Itself.Types.Where(t => t.IsOpenClass && t.Name.StartsWith(typeof(CompiledAssemblyTests).FullName + "+Sample", StringComparison.Ordinal)).Select(t => t.Name.Split('+')[1]);
        Assert.Equal(["SampleOpen"], open);
    }

    public class SampleOpen;

    public abstract class SampleAbstract;

    public static class SampleStatic;

    public sealed class SampleUses : IDisposable
    {
        private readonly System.Text.StringBuilder _text = new();

        public static long Call() => Stopwatch.GetTimestamp();

        public static Func<Task> Hidden() => async () =>
        {
            await Task.Yield();
            _ = new Lock();
        };

        [Obsolete("A sample.")]
        public void Take(IReadOnlyList<Uri> addresses)
        {
            try
            {
                _text.Append(addresses.Count);
            }
            catch (TimeZoneNotFoundException)
            {
                _text.Clear();
            }
        }

        public void Dispose() => _text.Clear();
    }
}
