using System.Text;
using LLama;

namespace Tppo.JudgeServer.Gguf;

/// <summary>Tokens become text as they come: a character may be spread over several.</summary>
internal sealed class TokenText(LLamaWeights weights, Action<string> wrote)
{
    private readonly Decoder decoder = Encoding.UTF8.GetDecoder();
    private readonly StringBuilder text = new();
    private byte[] bytes = new byte[64];

    /// <summary>Takes one more.</summary>
    public void Add(int token)
    {
        uint length;
        while ((length = weights.NativeHandle.TokenToSpan(token, bytes, special: false)) > bytes.Length) bytes = new byte[length];
        Write(bytes.AsSpan(0, (int)length), flush: false);
    }

    /// <summary>All of it; what is left of a character that was cut becomes U+FFFD.</summary>
    public string End()
    {
        Write([], flush: true);
        return text.ToString();
    }

    private void Write(ReadOnlySpan<byte> piece, bool flush)
    {
        var chars = new char[Encoding.UTF8.GetMaxCharCount(piece.Length + 4)];
        var count = decoder.GetChars(piece, chars, flush);
        if (count == 0) return;
        text.Append(chars, 0, count);
        wrote(new string(chars, 0, count));
    }
}
