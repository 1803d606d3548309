namespace Tppo.Cli.Tests;

public class MachineLimitsTests
{
    [Theory]
    [InlineData("ulimit -n", 64, "ulimit -n: expected 256 or more (open files), found 64: raise it and start again")]
    [InlineData("ulimit -v", 1500000L << 10, "ulimit -v: expected 7168 MiB or more (memory addresses), found 1464 MiB: raise it and start again")]
    [InlineData("ulimit -f", 8000L << 10, "ulimit -f: expected 1024 MiB or more (bytes in a file), found 7 MiB: raise it and start again")]
    [InlineData("ulimit -n", 256, null)]
    [InlineData("ulimit -v", 7168L << 20, null)]
    public void A_limit_that_is_too_low_is_named(string name, long has, string? fault) =>
        Assert.Equal(fault, MachineLimits.Fault(limit => limit.Name == name ? (ulong)has : null));

    [Fact]
    public void Who_opens_no_log_needs_little() => Assert.Null(MachineLimits.Fault(["inspect", "words"]));
}
