namespace Tppo.Core.Text;

/// <summary>Words without common English endings, so that a plural and a verb's form are one word where that is wanted.</summary>
public static class Stems
{
    /// <summary>The stems of a text's words: identities without a plural or verb ending.</summary>
    public static IEnumerable<string> Of(string text) =>
        Words.Split(text).Select(w => OfIdentity(Words.Normalise(w.Text))).Where(s => s.Length > 0);

    /// <summary>A word's identity without a common English ending: shoes → shoe, boxes → box, bodies → body, running → run.</summary>
    public static string OfIdentity(string word)
    {
        if (word.Length > 4 && word.EndsWith("ies", StringComparison.Ordinal)) return word[..^3] + "y";
        if (Ends(word, "sses", "xes", "zes", "ches", "shes")) return word[..^2];
        if (Ends(word, "ing")) return Undoubled(word[..^3]);
        if (Ends(word, "ed")) return Undoubled(word[..^2]);
        return Ends(word, "s") && !Ends(word, "ss", "us", "is") ? word[..^1] : word;

        // A stem keeps at least three letters: "sing", "red" and "bus" are words of their own.
        static bool Ends(string word, params ReadOnlySpan<string> endings)
        {
            foreach (var ending in endings)
            {
                if (word.Length - ending.Length >= 3 && word.EndsWith(ending, StringComparison.Ordinal)) return true;
            }

            return false;
        }

        static string Undoubled(string stem) => stem[^1] == stem[^2] && stem[^1] is not ('l' or 's') && stem.Length > 3 ? stem[..^1] : stem;
    }
}
