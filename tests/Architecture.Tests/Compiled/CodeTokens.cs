using System.Reflection.Emit;
using System.Reflection.Metadata;

namespace Pipeline.Architecture.Tests.Compiled;

/// <summary>The metadata tokens that a method's code names (ECMA-335, partition III).</summary>
internal static class CodeTokens
{
    private const byte TwoBytePrefix = 0xFE;

    private static readonly Dictionary<ushort, OperandType> Operands = typeof(OpCodes).GetFields()
        .Select(f => f.GetValue(null)).OfType<OpCode>().ToDictionary(o => (ushort)o.Value, o => o.OperandType);

    public static IEnumerable<int> Read(BlobReader code)
    {
        var tokens = new List<int>();
        while (code.RemainingBytes > 0)
        {
            var first = code.ReadByte();
            var operand = Operands[first == TwoBytePrefix ? (ushort)(first << 8 | code.ReadByte()) : first];
            if (operand is OperandType.InlineMethod or OperandType.InlineField or OperandType.InlineType or OperandType.InlineTok)
                tokens.Add(code.ReadInt32());
            else
                Skip(ref code, operand);
        }

        return tokens;
    }

    private static void Skip(ref BlobReader code, OperandType operand)
    {
        var bytes = operand switch
        {
            OperandType.InlineNone => 0,
            OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
            OperandType.InlineVar => 2,
            OperandType.InlineI8 or OperandType.InlineR => 8,
            OperandType.InlineSwitch => code.ReadInt32() * 4,
            _ => 4,
        };
        code.Offset += bytes;
    }
}
