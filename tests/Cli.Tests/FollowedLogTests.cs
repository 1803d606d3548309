using Tppo.Cli.TopicAdmin;

namespace Tppo.Cli.Tests;

public class FollowedLogTests
{
    [Theory]
    [InlineData(0, 250)]
    [InlineData(20, 250)]
    [InlineData(100, 1_000)]
    [InlineData(5_000, 10_000)]
    public void A_log_that_is_slow_to_open_is_opened_less_often(int opening, int pause) =>
        Assert.Equal(TimeSpan.FromMilliseconds(pause), FollowedLog.PauseAfter(TimeSpan.FromMilliseconds(opening)));
}
