using Pipeline.Shared.Encoding;
using Xunit;

namespace Pipeline.Shared.Tests.Encoding;

public sealed class Crc64AvroTests
{
    // Fingerprints of the primitive types' schemas, quotes included (apache/avro, share/test/data/schema-tests.txt).
    [Theory]
    [InlineData("\"null\"", 0x63dd24e7cc258f8aUL)]
    [InlineData("\"int\"", 0x7275d51a3f395c8fUL)]
    [InlineData("\"string\"", 0x8f014872634503c7UL)]
    [InlineData("\"long\"", 0xd054e14493f41db7UL)]
    [InlineData("", 0xc15d213aa4d7a795UL)]
    public void Fingerprints_are_those_of_the_specification(string text, ulong fingerprint) =>
        Assert.Equal(fingerprint, Crc64Avro.Of(System.Text.Encoding.UTF8.GetBytes(text)));
}
