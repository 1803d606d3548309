using System.Text;
using Tppo.Core.Text;

namespace Tppo.Core.Windows;

/// <summary>Texts as histories, targets and repeats see them: collapsed, and never longer than a bound that no person types past.</summary>
public static class HistoryText
{
    /// <summary>Longest text, in bytes of UTF-8; a longer one is cut there, between characters.</summary>
    public const int TextBytesMax = 512;

    /// <summary>Longest URL, in bytes of UTF-8; a longer one is left out, since a part of it leads nowhere.</summary>
    public const int UrlBytesMax = 1024;

    // No character of UTF-16 takes more bytes than this: most texts are known to fit without being counted.
    private const int BytesACharacterMax = 3;

    /// <summary>A text: trimmed, runs of white space one space, at most <see cref="TextBytesMax"/> long.</summary>
    public static string Of(string text)
    {
        var collapsed = QueryText.Collapse(text);
        return Fits(collapsed, TextBytesMax) ? collapsed : Cut(collapsed);
    }

    /// <summary>A URL, or nothing where it is longer than <see cref="UrlBytesMax"/>.</summary>
    public static string Url(string url) => Fits(url, UrlBytesMax) ? url : "";

    /// <summary>Whether <see cref="Of"/> made this of a text that is longer than a history keeps.</summary>
    public static bool IsCut(string text, string kept) =>
        text.Length > kept.Length && text.Length * BytesACharacterMax > TextBytesMax && QueryText.Collapse(text).Length > kept.Length;

    private static bool Fits(string text, int bytesMax) =>
        text.Length * BytesACharacterMax <= bytesMax || (text.Length <= bytesMax && Encoding.UTF8.GetByteCount(text) <= bytesMax);

    private static string Cut(string text)
    {
        var bytes = 0;
        var length = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            bytes += rune.Utf8SequenceLength;
            if (bytes > TextBytesMax) break;
            length += rune.Utf16SequenceLength;
        }

        return text[..length].TrimEnd(' ');
    }
}
