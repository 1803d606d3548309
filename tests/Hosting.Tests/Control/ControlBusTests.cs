using Tppo.Core;
using Tppo.Hosting.Control;

namespace Tppo.Hosting.Tests.Control;

public sealed class ControlBusTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task In_one_process_a_command_reaches_who_listens_and_is_answered()
    {
        var labels = new LabelSwitch();
        var told = new List<string>();
        await using var bus = ControlBus.Listen(BusAddress.InProcess, "labeler 0", labels, told.Add);
        Assert.Null(labels.Paused);
        var states = await bus.SendAsync(new PauseLabelling("the bill\u001b[2J is high"), TimeSpan.FromSeconds(2), Cancellation);
        Assert.Equal([new LabellingState("labeler 0", IsPaused: true)], states);
        Assert.Equal("the bill\u001b[2J is high", labels.Paused);
        Assert.DoesNotContain('\u001b', Assert.Single(told));
        states = await bus.SendAsync(new ResumeLabelling(), TimeSpan.FromSeconds(2), Cancellation);
        Assert.Equal([new LabellingState("labeler 0", IsPaused: false)], states);
        Assert.Null(labels.Paused);
    }

    [Fact]
    public async Task Where_there_is_no_broker_nothing_is_held_up()
    {
        var labels = new LabelSwitch();
        var bus = ControlBus.Listen(BusAddress.RabbitMq("amqp://127.0.0.1:1", loginFile: null), "labeler 0", labels, _ => { });
        using var soon = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => bus.SendAsync(new ResumeLabelling(), TimeSpan.Zero, soon.Token));
        await bus.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20), Cancellation);
    }

    [Theory]
    [InlineData("http://x", "expected amqp://")]
    [InlineData("x", "expected amqp://")]
    [InlineData("amqp://me:secret@x", "expected no name and password in it")]
    [InlineData("amqp:me:secret@x", "expected amqp://")]
    public void An_address_that_cannot_be_is_refused_without_a_secret(string url, string message)
    {
        var fault = Assert.Throws<UserException>(() => BusAddress.RabbitMq(url, null));
        Assert.Contains(message, fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_login_comes_from_a_file_and_stands_in_no_text()
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, "me:se:cret\n");
            var address = BusAddress.RabbitMq("amqp://x/v", file);
            Assert.Equal("me", address.User);
            Assert.Equal("amqp://x/v", address.ToString());
            File.WriteAllText(file, "secret");
            var fault = Assert.Throws<UserException>(() => BusAddress.RabbitMq("amqp://x", file));
            Assert.DoesNotContain("secret", fault.Message.Replace(file, "", StringComparison.Ordinal), StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }
    }
}
