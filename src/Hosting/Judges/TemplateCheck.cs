using Tppo.Core.Judging.Checks;
using Tppo.Core.Judging.Prompts;

namespace Tppo.Hosting.Judges;

/// <summary>What a check of a judge under one template shows.</summary>
/// <param name="Template">The template.</param>
/// <param name="Check">Whether it tells people's own next searches from others', and knows what is known.</param>
/// <param name="Agreement">How often it says the same where words or pairs stand in another order; null where too little could be used.</param>
/// <param name="Coverage">Share of words with a score in the answers that could be used; null where there was none.</param>
/// <param name="Outcomes">Answers by outcome, or reason of rejection.</param>
/// <param name="Asked">How many questions.</param>
/// <param name="Seconds">How long, for those that were not on the log already.</param>
public sealed record TemplateCheck(
    TemplateName Template, JudgeCheck Check, double? Agreement, double? Coverage, IReadOnlyDictionary<string, int> Outcomes, int Asked, double Seconds);
