using System.Text;

namespace Tppo.Core.Text;

/// <summary>
/// A response's text and the bytes of each of its tokens. A sampled token may end inside a character or hold bytes that
/// are no text at all; these show as U+FFFD, and spans always refer to the UTF-8 of <see cref="Text"/>.
/// </summary>
public sealed record ResponseText(string Text, int[] ByteStarts, int[] ByteEnds)
{
    /// <summary>Puts the tokens' bytes together.</summary>
    public static ResponseText Of(IReadOnlyList<ReadOnlyMemory<byte>> tokens)
    {
        var length = tokens.Sum(t => t.Length);
        var raw = new byte[length];
        var boundaries = new int[tokens.Count + 1];
        for (var (i, at) = (0, 0); i < tokens.Count; i++)
        {
            tokens[i].Span.CopyTo(raw.AsSpan(at));
            at += tokens[i].Length;
            boundaries[i + 1] = at;
        }

        var (text, written) = Decode(raw);
        var starts = new int[tokens.Count];
        var ends = new int[tokens.Count];
        for (var i = 0; i < tokens.Count; i++) (starts[i], ends[i]) = (written[boundaries[i]], written[boundaries[i + 1]]);
        return new ResponseText(text, starts, ends);
    }

    // written[k]: how many bytes of the text's UTF-8 the first k raw bytes stand for.
    private static (string Text, int[] Written) Decode(ReadOnlySpan<byte> raw)
    {
        var text = new StringBuilder(raw.Length);
        var written = new int[raw.Length + 1];
        for (var at = 0; at < raw.Length;)
        {
            Rune.DecodeFromUtf8(raw[at..], out var rune, out var consumed);
            text.Append(rune.ToString());
            var size = rune.Utf8SequenceLength;
            for (var k = 1; k < consumed; k++) written[at + k] = written[at] + Math.Min(k, size);
            written[at + consumed] = written[at] + size;
            at += consumed;
        }

        return (text.ToString(), written);
    }
}
