using Tppo.JudgeServer.Forms;

namespace Tppo.JudgeServer.Gguf;

/// <summary>
/// An answer in a known form: what is fixed is put there, a choice goes to the model. Texts to choose among are followed token by token
/// for as long as more than one fits.
/// </summary>
internal static class FormWriter
{
    /// <summary>The tokens that a form becomes.</summary>
    /// <param name="form">The form.</param>
    /// <param name="tokenize">Text to tokens.</param>
    /// <param name="choose">Which of some tokens stands after those so far.</param>
    public static IEnumerable<int> Write(IReadOnlyList<FormPart> form, Func<string, int[]> tokenize, Func<int[], int> choose)
    {
        foreach (var part in form)
        {
            if (part.IsFixed)
            {
                foreach (var token in tokenize(part.Texts[0])) yield return token;
                continue;
            }

            List<int[]> open = [.. part.Texts.Select(tokenize)];
            for (var at = 0; ; at++)
            {
                int[] next = [.. open.Where(t => t.Length > at).Select(t => t[at]).Distinct()];
                // One text may be the beginning of another: then the shorter stands.
                if (next.Length == 0 || open.Exists(t => t.Length == at)) break;
                var token = next.Length == 1 ? next[0] : choose(next);
                yield return token;
                open.RemoveAll(t => t[at] != token);
            }
        }
    }
}
