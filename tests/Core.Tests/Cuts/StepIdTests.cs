using CsCheck;
using Tppo.Core.Cuts;

namespace Tppo.Core.Tests.Cuts;

public class StepIdTests
{
    [Theory]
    [InlineData("policy/12", "policy", 12)]
    [InlineData("policy-fold-2/0", "policy-fold-2", 0)]
    [InlineData("evaluation/policy/4", "evaluation/policy", 4)]
    public void A_step_is_a_model_and_its_ordinal(string text, string model, int ordinal)
    {
        Assert.True(StepId.TryParse(text, out var step));
        Assert.Equal(new StepId(model, ordinal), step);
        Assert.Equal(text, step.ToString());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("policy")]
    [InlineData("/3")]
    [InlineData("policy/")]
    [InlineData("policy/-1")]
    [InlineData("policy/+1")]
    [InlineData("policy/ 1")]
    [InlineData("policy/1.0")]
    [InlineData("policy/99999999999")]
    public void What_is_no_step_is_not_read(string? text) => Assert.False(StepId.TryParse(text, out _));

    [Fact]
    public void What_is_printed_is_read_again() => Gen.Select(Gen.String[1, 20], Gen.Int[0, int.MaxValue]).Sample((model, ordinal) =>
        StepId.TryParse(new StepId(model, ordinal).ToString(), out var step) && step == new StepId(model, ordinal));

    [Fact]
    public void An_evaluation_is_named_after_what_it_measures() => Assert.Equal("evaluation/policy/4", StepId.OfEvaluation("policy", 4).ToString());
}
