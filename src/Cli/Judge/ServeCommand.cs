using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using Tppo.Core;
using Tppo.Core.Text;
using Tppo.JudgeServer;

namespace Tppo.Cli.Judge;

/// <summary><c>tppo judge serve</c>: a chat model from a GGUF file behind an OpenAI-compatible door.</summary>
internal static class ServeCommand
{
    private const int DefaultPort = 8080;

    public static Command Create()
    {
        var model = new Option<FileInfo>("--model") { Description = "The model: a GGUF file with a chat template.", HelpName = "FILE", Required = true };
        var port = Options.Whole("--port", DefaultPort);
        port.Description = "Port on this machine's loopback; 0 takes a free one.";
        var context = Options.Whole("--context", new JudgeServerOptions("").ContextTokens);
        context.Description = "Most tokens of a question and its answer; fewer where the model was made for fewer.";
        var threads = Options.Whole("--threads", Environment.ProcessorCount);
        threads.Description = "Threads to compute on.";
        // How a run starts its own.
        var socket = new Option<string?>("--socket") { Hidden = true };
        var input = new Option<bool>("--until-input-ends") { Hidden = true };
        var command = new Command(
            "serve",
            "Serves a chat model from a GGUF file: POST /v1/chat/completions (response_format: json_schema holds an answer to its form), "
            + "GET /v1/models, GET /health.")
        {
            model, port, context, threads, socket, input,
        };
        command.SetAction((parsed, _) =>
        {
            var options = new JudgeServerOptions(parsed.GetValue(model)!.FullName)
            {
                Port = Within(port.Name, parsed.GetValue(port), 0, 65_535),
                ContextTokens = Within(context.Name, parsed.GetValue(context), 64, 1 << 20),
                Threads = Within(threads.Name, parsed.GetValue(threads), 1, 1024),
                Socket = parsed.GetValue(socket),
            };
            return ServeAsync(options, parsed.GetValue(input));
        });
        return command;
    }

    private static async Task<int> ServeAsync(JudgeServerOptions options, bool untilInputEnds)
    {
        using var stopping = new Stopping();
        AnsiConsole.WriteLine($"loading {Printable.Of(options.File)}");
        await using var server = await ChatServer.StartAsync(options, TimeProvider.System);
        var place = options.Socket ?? $"{server.Url}/v1";
        var room = server.ContextTokens.ToString("N0", CultureInfo.InvariantCulture);
        AnsiConsole.WriteLine($"{Printable.Of(server.Name)} ({server.Model}) at {place}, {room} tokens of context; Ctrl-C ends it");
        var ended = Task.Delay(Timeout.Infinite, stopping.Token);
        if (untilInputEnds) ended = Task.WhenAny(ended, InputEndAsync());
        await Task.WhenAny(ended);
        return stopping.Token.IsCancellationRequested ? Exit.Stopped : Exit.Done;
    }

    private static async Task InputEndAsync()
    {
        await using var input = Console.OpenStandardInput();
        var one = new byte[1];
        while (await input.ReadAsync(one) > 0)
        {
            // Nothing is said here; it is its end that is waited for.
        }
    }

    private static int Within(string name, int value, int least, int most) => value >= least && value <= most
        ? value
        : throw new UserException(FormattableString.Invariant($"{name}: expected {least} to {most}, found {value}"));
}
