namespace Pipeline.Shared.Storage;

/// <summary>A hash of a key and a value as a word of 13 lower-case letters and digits.</summary>
internal static class TagToken
{
    private const string Alphabet = "abcdefghijklmnopqrstuvwxyz234567";
    private const int Length = 13;

    public static string Of(ulong hash) => string.Create(Length, hash, static (letters, rest) => Write(letters, rest));

    /// <summary>All words, with spaces in between.</summary>
    public static string Join(IReadOnlyCollection<ulong> hashes) => string.Create(hashes.Count * (Length + 1), hashes, static (letters, all) =>
    {
        foreach (var hash in all)
        {
            Write(letters, hash);
            letters[Length] = ' ';
            letters = letters[(Length + 1)..];
        }
    });

    private static void Write(Span<char> letters, ulong rest)
    {
        for (var i = 0; i < Length; i++, rest >>= 5)
            letters[i] = Alphabet[(int)(rest & 31)];
    }
}
