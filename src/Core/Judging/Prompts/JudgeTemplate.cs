using System.Security.Cryptography;
using System.Text;
using Tppo.Core.Numerics;
using Tppo.Core.Settings;

namespace Tppo.Core.Judging.Prompts;

/// <summary>What a judge is asked, with slots for what it is asked about. Templates are files; the hash of the file is in every judgement.</summary>
/// <param name="Name">v1 … v4.</param>
/// <param name="Text">The file's text.</param>
/// <param name="Sha256">SHA-256 of its bytes, in hex.</param>
/// <param name="Form">What its answers hold.</param>
public sealed record JudgeTemplate(TemplateName Name, string Text, string Sha256, AnswerForm Form)
{
    /// <summary>Those that are built in.</summary>
    public static IReadOnlyList<JudgeTemplate> All { get; } =
    [
        Load(TemplateName.V1, AnswerForm.WordsAndWhole), Load(TemplateName.V2, AnswerForm.WordsAndWhole),
        Load(TemplateName.V3, AnswerForm.WholeOnly), Load(TemplateName.V4, AnswerForm.Vote),
    ];

    /// <summary>A built-in one.</summary>
    public static JudgeTemplate Of(TemplateName name) => All.Single(t => t.Name == name);

    private static JudgeTemplate Load(TemplateName name, AnswerForm form)
    {
        var file = $"{OneName.Of(name)}.md";
        using var stream = typeof(JudgeTemplate).Assembly.GetManifestResourceStream(file) ?? throw new InvalidOperationException($"{file}: not built in");
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return new JudgeTemplate(name, Encoding.UTF8.GetString(bytes.ToArray()), Digest.Hex(SHA256.HashData(bytes.ToArray())), form);
    }
}
