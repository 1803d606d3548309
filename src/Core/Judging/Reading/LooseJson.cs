using System.Globalization;
using System.Text;

namespace Tppo.Core.Judging.Reading;

/// <summary>
/// Reads JSON as language models write it: with commas too many, single quotes, words such as None. Reads one value from a place in a
/// text, never throws, and says whether the text ended in the middle of it.
/// </summary>
/// <param name="text">The text.</param>
/// <param name="at">Where the value begins.</param>
internal sealed class LooseJson(string text, int at)
{
    private const int DepthMax = 64;
    private const NumberStyles Numeric = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
    private int depth;

    /// <summary>One past what was read.</summary>
    internal int At { get; private set; } = at;

    /// <summary>Whether the text ended before the value did.</summary>
    internal bool IsCut { get; private set; }

    /// <summary>Whether something was read that is no JSON, as what it was meant to be.</summary>
    internal bool IsRepaired { get; private set; }

    /// <summary>The value; null where there is none, or not the whole of one.</summary>
    internal LooseValue? Read()
    {
        SkipSpace();
        if (IsAtEnd()) return null;
        return text[At] switch
        {
            '{' or '[' => ReadNested(),
            '"' or '\'' => ReadText() is { } read ? new LooseValue.Text(read) : null,
            _ => ReadBare(),
        };
    }

    private LooseValue? ReadNested()
    {
        if (++depth > DepthMax) return null;
        LooseValue? value = text[At++] == '{' ? ReadMap() : ReadSequence();
        depth--;
        return value;
    }

    private LooseValue.Map? ReadMap()
    {
        var entries = new List<(string, LooseValue)>();
        while (true)
        {
            if (IsClosed('}', entries.Count)) return new LooseValue.Map(entries);
            if (IsAtEnd() || text[At] is not ('"' or '\'') || ReadText() is not { } key) return null;
            SkipSpace();
            if (IsAtEnd() || text[At] != ':') return null;
            At++;
            if (Read() is not { } value) return null;
            entries.Add((key, value));
            if (!GoesOn('}')) return null;
        }
    }

    private LooseValue.Sequence? ReadSequence()
    {
        var items = new List<LooseValue>();
        while (true)
        {
            if (IsClosed(']', items.Count)) return new LooseValue.Sequence(items);
            if (IsAtEnd() || Read() is not { } item) return null;
            items.Add(item);
            if (!GoesOn(']')) return null;
        }
    }

    // At an end that follows a comma something was repaired.
    private bool IsClosed(char end, int before)
    {
        SkipSpace();
        if (At >= text.Length || text[At] != end) return false;
        if (before > 0 && text[At - 1 - SpaceBefore()] == ',') IsRepaired = true;
        At++;
        return true;
    }

    private int SpaceBefore()
    {
        var spaces = 0;
        while (char.IsWhiteSpace(text[At - 1 - spaces])) spaces++;
        return spaces;
    }

    // Behind an item: a comma, or the end, which stays.
    private bool GoesOn(char end)
    {
        SkipSpace();
        if (IsAtEnd()) return false;
        if (text[At] == end) return true;
        if (text[At] != ',') return false;
        At++;
        return true;
    }

    private string? ReadText()
    {
        var quote = text[At++];
        if (quote == '\'') IsRepaired = true;
        var plain = text.AsSpan(At).IndexOfAny(quote, '\\');
        if (plain >= 0 && text[At + plain] == quote)
        {
            At += plain + 1;
            return Whole(text.Substring(At - 1 - plain, plain));
        }

        var read = new StringBuilder();
        for (; At < text.Length; At++)
        {
            var c = text[At];
            if (c == quote)
            {
                At++;
                return Whole(read.ToString());
            }

            if (c != '\\')
            {
                read.Append(c);
                continue;
            }

            if (++At >= text.Length) break;
            if (text[At] == 'u' && At + 4 < text.Length
                && ushort.TryParse(text.AsSpan(At + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit))
            {
                read.Append((char)unit);
                At += 4;
                continue;
            }

            read.Append(text[At] switch { 'n' => '\n', 't' => '\t', 'r' => '\r', 'b' => '\b', 'f' => '\f', var other => other });
        }

        IsCut = true;
        return null;
    }

    // Halves of pairs are no characters, and nothing could compare them.
    private static string Whole(string read)
    {
        if (!read.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF')) return read;
        var whole = new StringBuilder(read.Length);
        foreach (var rune in read.EnumerateRunes()) whole.Append(rune.ToString());
        return whole.ToString();
    }

    private LooseValue? ReadBare()
    {
        var start = At;
        while (At < text.Length && (char.IsAsciiLetterOrDigit(text[At]) || text[At] is '+' or '-' or '.')) At++;
        var bare = text.AsSpan(start, At - start);
        if (At == text.Length)
        {
            IsCut = true;
            return null;
        }

        if (bare.Length == 1 && char.IsAsciiDigit(bare[0])) return new LooseValue.Number(bare[0] - '0');
        if (double.TryParse(bare, Numeric, CultureInfo.InvariantCulture, out var number))
            return IsWrittenAsNumber(bare) ? new LooseValue.Number(number) : new LooseValue.Nothing();
        if (bare.Equals("true", StringComparison.OrdinalIgnoreCase)) return new LooseValue.Truth(true);
        if (bare.Equals("false", StringComparison.OrdinalIgnoreCase)) return new LooseValue.Truth(false);
        return bare.Equals("null", StringComparison.OrdinalIgnoreCase) || bare.Equals("none", StringComparison.OrdinalIgnoreCase)
            || bare.Equals("nan", StringComparison.OrdinalIgnoreCase) ? new LooseValue.Nothing() : null;
    }

    // 01 and +1 are something else that went wrong, and no score of 1.
    private static bool IsWrittenAsNumber(ReadOnlySpan<char> bare)
    {
        var digits = bare[0] == '-' ? bare[1..] : bare;
        return digits.Length > 0 && char.IsAsciiDigit(digits[0]) && !(digits[0] == '0' && digits.Length > 1 && char.IsAsciiDigit(digits[1]));
    }

    private bool IsAtEnd()
    {
        if (At < text.Length) return false;
        return IsCut = true;
    }

    private void SkipSpace()
    {
        while (At < text.Length && char.IsWhiteSpace(text[At])) At++;
    }
}
