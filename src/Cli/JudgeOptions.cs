using System.CommandLine;
using Tppo.Core;
using Tppo.Core.Judging.Prompts;
using Tppo.Core.Settings;
using Tppo.Hosting.Judges;
using Tppo.JudgeServer;

namespace Tppo.Cli;

/// <summary>The options that say who judges, how it is reached, and what it may take.</summary>
internal sealed class JudgeOptions
{
    private readonly Option<JudgeKind?> kind = OneOf<JudgeKind>(
        "--judge", "Who judges: embedded (default), openai (a chat endpoint), gguf (a chat model from a file), or none (labels come from elsewhere).");
    private readonly Option<string?> model = new("--judge-model")
    {
        Description = "The judge's model: its name at the endpoint, or its GGUF file.",
        HelpName = "NAME|FILE",
    };
    private readonly Option<TemplateName?> template = OneOf<TemplateName>(
        "--judge-template", "What it is asked: v1 (the paper's), v2 (a list; default), or v3 (the whole alone).");
    private readonly Option<double?> temperature = Options.Number("--judge-temperature");
    private readonly Option<double?> canaries = Options.Number("--judge-canary-rate");
    private readonly Option<int?> tries = Options.Whole<int>("--judge-tries");
    private readonly Option<bool> free = new("--judge-free") { Description = "Do not hold answers to their form (response_format)." };
    private readonly Option<bool> evaluates = new("--judge-evaluates") { Description = "The judge also says what is relevant in evaluations." };
    private readonly Option<string?> url = new("--judge-url")
    {
        Description = "Its OpenAI-compatible endpoint, such as http://localhost:8000/v1.",
        HelpName = "URL",
    };
    private readonly Option<string?> keyFile = new("--judge-key-file") { Description = "A file with the key that goes with every call.", HelpName = "FILE" };
    private readonly Option<string?> price = new("--judge-price") { Description = "Dollars for a million tokens, in and out.", HelpName = "IN/OUT" };
    private readonly Option<int?> parallel = Options.Whole<int>("--judge-parallel");
    private readonly Option<int?> requests = Options.Whole<int>("--judge-rpm");
    private readonly Option<int?> tokens = Options.Whole<int>("--judge-tpm");
    private readonly Option<double?> budgetUsd = Options.Number("--judge-budget-usd");
    private readonly Option<long?> budgetTokens = Options.Whole<long>("--judge-budget-tokens");
    private readonly Option<double?> evaluationUsd = Options.Number("--judge-evaluation-budget-usd");
    private readonly Option<long?> evaluationTokens = Options.Whole<long>("--judge-evaluation-budget-tokens");
    private readonly Option<double?> deadline = Options.Number("--judge-timeout");
    private readonly Option<bool> streams = new("--judge-stream") { Description = "Ask for answers as they are written: a call that hangs is noticed sooner." };
    private readonly Option<bool> anyway = new("--judge-anyway") { Description = "Go on with a judge whose check says that it is useless." };

    public JudgeOptions()
    {
        temperature.Description = "Its temperature, 0 to 2. Default 0.";
        canaries.Description = "Questions with known answers mixed in, as a share of labels. Default 0.01.";
        tries.Description = "How often a question is asked whose answer cannot be used, 1 to 10. Default 3.";
        parallel.Description = "Calls at a time. Default 16; with gguf 2.";
        requests.Description = "Most calls a minute.";
        tokens.Description = "Most tokens a minute, both directions.";
        budgetUsd.Description = "Dollars a day (UTC) for labels; when they are spent, labelling pauses until the next.";
        budgetTokens.Description = "Tokens a day for labels.";
        evaluationUsd.Description = "Dollars a day for evaluations.";
        evaluationTokens.Description = "Tokens a day for evaluations.";
        deadline.Description = "Seconds that one call may take. Default 120; with gguf 600.";
    }

    private IEnumerable<Option> RunSettings => [kind, model, template, temperature, canaries, tries, free, evaluates];

    private IEnumerable<Option> ProcessSettings =>
        [url, keyFile, price, parallel, requests, tokens, budgetUsd, budgetTokens, evaluationUsd, evaluationTokens, deadline, streams, anyway];

    /// <summary>Adds them to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (var option in RunSettings.Concat(ProcessSettings)) command.Options.Add(option);
    }

    /// <summary>The run's judge: what is given, over what was settled before.</summary>
    /// <exception cref="UserException">It cannot be.</exception>
    public JudgeSettings Settings(ParseResult parsed, JudgeSettings before)
    {
        var who = parsed.GetValue(kind) ?? before.Kind;
        var named = parsed.GetValue(model);
        var settings = before with
        {
            Kind = who,
            Model = named is null ? before.Model : who == JudgeKind.Gguf ? GgufFile.IdOf(named) : named,
            Template = parsed.GetValue(template) ?? before.Template,
            Temperature = Within(temperature.Name, parsed.GetValue(temperature), 0, 2) ?? before.Temperature,
            CanaryRate = Within(canaries.Name, parsed.GetValue(canaries), 0, 1) ?? before.CanaryRate,
            Tries = (int?)Within(tries.Name, parsed.GetValue(tries), 1, 10) ?? before.Tries,
            Held = !parsed.GetValue(free) && before.Held,
            Evaluates = parsed.GetValue(evaluates) || before.Evaluates,
        };
        if (settings.Template == TemplateName.V4)
            throw new UserException("--judge-template: expected v1, v2 or v3, found v4, which compares two responses and scores none");
        if (settings.Kind == JudgeKind.Openai && settings.Model.Length == 0)
            throw new UserException("--judge openai: expected --judge-model NAME with it, found none");
        if (settings.Kind == JudgeKind.Gguf && settings.Model.Length == 0)
            throw new UserException("--judge gguf: expected --judge-model FILE with it, found none");
        return settings;
    }

    /// <summary>What it takes for tokens; null where that was not given.</summary>
    /// <exception cref="UserException">It is no price.</exception>
    public JudgeAccess? Price(ParseResult parsed) => parsed.GetValue(price) is { } paid ? new JudgeAccess().WithPrice(paid) : null;

    /// <summary>How it is reached and what it may take.</summary>
    /// <param name="parsed">What was given.</param>
    /// <param name="settings">Who judges.</param>
    /// <param name="isAsked">Whether this process asks it.</param>
    /// <exception cref="UserException">It cannot be.</exception>
    public JudgeAccess Access(ParseResult parsed, JudgeSettings settings, bool isAsked)
    {
        var defaults = settings.Kind == JudgeKind.Gguf ? BesideThis : new JudgeAccess();
        var access = defaults with
        {
            ModelFile = settings.Kind == JudgeKind.Gguf ? parsed.GetValue(model) : null,
            Url = parsed.GetValue(url) is { } text ? Address(text) : null,
            KeyFile = parsed.GetValue(keyFile),
            Parallel = AtLeastOne(parallel.Name, parsed.GetValue(parallel)) ?? defaults.Parallel,
            RequestsPerMinute = AtLeastOne(requests.Name, parsed.GetValue(requests)),
            TokensPerMinute = AtLeastOne(tokens.Name, parsed.GetValue(tokens)),
            Labels = new DailyBudget(Within(budgetUsd.Name, parsed.GetValue(budgetUsd), 0, 1e9), AtLeastNone(budgetTokens.Name, parsed.GetValue(budgetTokens))),
            Evaluations = new DailyBudget(
                Within(evaluationUsd.Name, parsed.GetValue(evaluationUsd), 0, 1e9),
                AtLeastNone(evaluationTokens.Name, parsed.GetValue(evaluationTokens))),
            Deadline = TimeSpan.FromSeconds(Within(deadline.Name, parsed.GetValue(deadline), 1, 3600) ?? defaults.Deadline.TotalSeconds),
            Streams = parsed.GetValue(streams),
            Anyway = parsed.GetValue(anyway),
        };
        if (parsed.GetValue(price) is { } paid) access = access.WithPrice(paid);
        if (!isAsked || !settings.Kind.IsModel()) return access;
        if (settings.Kind == JudgeKind.Gguf)
            return access.ModelFile is null ? throw new UserException($"--judge-model: expected the GGUF file of {settings.Model}, found none") : access;
        if (access.Url is null) throw new UserException($"--judge-url: expected where the judge {settings.Model} is asked, found none");
        _ = access.ReadKey();
        return access;
    }

    // One that computes on this machine answers one question at a time; a second one waits, so that it is never idle.
    private static JudgeAccess BesideThis => new() { Parallel = 2, Deadline = TimeSpan.FromMinutes(10), ServerCommand = [.. ThisProgram, "judge", "serve"] };

    private static string[] ThisProgram => Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) != "dotnet"
        ? [path]
        : [Environment.ProcessPath ?? "dotnet", Path.Combine(AppContext.BaseDirectory, "tppo.dll")];

    private static double? Within(string name, double? value, double least, double most) => value is not { } v || (v >= least && v <= most)
        ? value
        : throw new UserException(FormattableString.Invariant($"{name}: expected {least} to {most}, found {v}"));

    private static Uri Address(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) ? url : throw new UserException($"--judge-url: expected a URL, found '{text}'");

    private static long? AtLeastNone(string name, long? value) =>
        value is null or >= 0 ? value : throw new UserException($"{name}: expected 0 or more, found {value}");

    private static int? AtLeastOne(string name, int? value) =>
        value is null or >= 1 ? value : throw new UserException($"{name}: expected 1 or more, found {value}");

    private static Option<T?> OneOf<T>(string name, string description)
        where T : struct, Enum
    {
        var option = Options.MaybeOneOf<T>(name);
        option.Description = description;
        return option;
    }
}
