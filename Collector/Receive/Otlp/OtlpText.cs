using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.Unicode;

namespace Pipeline.Collector.Receive.Otlp;

/// <summary>Whether a protobuf string is UTF-8, as it has to be. Nearly all text of spans is short ASCII: that is found out without a call.</summary>
internal static class OtlpText
{
    private const int Word = sizeof(ulong);
    private const ulong HighBits = 0x8080808080808080;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsValid(ReadOnlySpan<byte> text)
    {
        ref var start = ref MemoryMarshal.GetReference(text);
        var last = text.Length - Word;
        // 8 to 32 bytes: four words that may overlap cover them.
        if ((uint)last <= 3 * Word && ((Read(ref start, 0) | Read(ref start, last) | Read(ref start, Math.Min(Word, last)) | Read(ref start, Math.Max(last - Word, 0))) & HighBits) == 0)
            return true;
        return text.IsEmpty || Utf8.IsValid(text);
    }

    // Every offset is at most the text's length less eight.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Read(ref byte start, int offset) => Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref start, offset));
}
