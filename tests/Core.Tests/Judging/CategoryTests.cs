using Tppo.Core.Judging;

namespace Tppo.Core.Tests.Judging;

public class CategoryTests
{
    [Fact]
    public void Stored_numbers_are_categories_and_others_are_refused()
    {
        Assert.Equal([Category.None, Category.Irrelevant, Category.Relevant], new sbyte[] { 0, 1, 2 }.Select(Categories.Of));
        foreach (sbyte number in new sbyte[] { -1, 3, sbyte.MaxValue, sbyte.MinValue })
            Assert.Equal($"category: expected 0, 1 or 2, found {number}", Assert.Throws<FormatException>(() => Categories.Of(number)).Message);
    }

    [Theory]
    [InlineData(0.1, 0.2, 0.7, Category.Relevant)]
    [InlineData(0.1, 0.7, 0.2, Category.Irrelevant)]
    [InlineData(0.7, 0.2, 0.1, Category.None)]
    [InlineData(0.2, 0.4, 0.4, Category.Irrelevant)]
    [InlineData(0.4, 0.2, 0.4, Category.None)]
    [InlineData(0.4, 0.4, 0.2, Category.None)]
    public void The_likeliest_is_taken_and_where_two_are_equal_the_one_that_says_less(double none, double irrelevant, double relevant, Category expected) =>
        Assert.Equal(expected, Categories.Likeliest(none, irrelevant, relevant));
}
