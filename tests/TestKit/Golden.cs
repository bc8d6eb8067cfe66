using System.Runtime.CompilerServices;
using System.Text;
using Xunit;

namespace Pipeline.TestKit;

/// <summary>
/// Compares output with files that were reviewed once, in the folder <c>golden</c> beside the test. <c>PIPELINE_GOLDEN=write</c> writes them anew; the change then shows in the review.
/// </summary>
public static class Golden
{
    private const string Variable = "PIPELINE_GOLDEN";

    /// <summary>Fails where the text differs from the file's.</summary>
    public static void Verify(string name, string actual, [CallerFilePath] string test = "") => Verify(name, Encoding.UTF8.GetBytes(actual), test);

    /// <summary>Fails where the bytes differ from the file's.</summary>
    public static void Verify(string name, byte[] actual, [CallerFilePath] string test = "")
    {
        var file = Path.Combine(Path.GetDirectoryName(test)!, "golden", name);
        if (Environment.GetEnvironmentVariable(Variable) == "write")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllBytes(file, actual);
        }

        Assert.True(File.Exists(file), $"{file} is missing: run the test with {Variable}=write and review what it writes.");
        var expected = File.ReadAllBytes(file);
        if (expected.AsSpan().SequenceEqual(actual))
            return;
        Assert.Fail($"{name} is no longer what was reviewed{Difference(expected, actual)}\nIf the change is meant, run the test with {Variable}=write and review the difference.");
    }

    private static string Difference(byte[] expected, byte[] actual)
    {
        var place = expected.AsSpan().CommonPrefixLength(actual);
        return $", from byte {place} on:\nexpected …{Around(expected, place)}\nactual   …{Around(actual, place)}";
    }

    private static string Around(byte[] bytes, int place)
    {
        var start = Math.Max(0, place - 40);
        return Encoding.UTF8.GetString(bytes, start, Math.Min(bytes.Length - start, 160));
    }
}
