using Tppo.Core.Judging;
using Tppo.Core.Rollouts;

namespace Tppo.Cli.Tests;

/// <summary>Rows for payloads.</summary>
internal static class Rows
{
    internal static readonly TokenRewardRow Labelled = new()
    {
        RolloutId = "r",
        JudgementId = "j",
        User = "u",
        ResponseIds = [7, 8],
        WordIndex = [-1, 0],
        Categories = [Category.None, Category.Relevant],
        Sentence = Category.Irrelevant,
        TokenizerSha256 = "t",
    };
}
