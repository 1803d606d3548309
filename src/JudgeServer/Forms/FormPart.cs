namespace Tppo.JudgeServer.Forms;

/// <summary>A piece of an answer whose form is known before it is written: text that stands as it is, or a choice among texts.</summary>
/// <param name="Texts">The texts that may stand here: one where there is no choice.</param>
internal sealed record FormPart(IReadOnlyList<string> Texts)
{
    /// <summary>Whether there is no choice.</summary>
    public bool IsFixed => Texts.Count == 1;
}
