namespace Tppo.Core.Judging.Prompts;

/// <summary>The built-in templates.</summary>
public enum TemplateName
{
    /// <summary>The paper's (Appendix B), its broken tags mended: a dictionary of words, and the whole.</summary>
    V1,

    /// <summary>An ordered list of words with their scores, and the whole.</summary>
    V2,

    /// <summary>The whole alone: the paper's second template of evaluation.</summary>
    V3,

    /// <summary>A vote between two responses.</summary>
    V4,
}
