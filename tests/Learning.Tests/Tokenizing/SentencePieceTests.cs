using System.Text;
using CsCheck;
using Google.Protobuf;
using Tppo.Learning.Tokenizing;

namespace Tppo.Learning.Tests.Tokenizing;

public sealed class SentencePieceTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("sentencepiece-tests").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Any_text_comes_back_behind_a_space_and_a_further_one_as_it_was()
    {
        var tokenizer = Golden();
        Gen.String.Sample(text =>
        {
            if (text.Length == 0) return;
            var clean = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)).Replace('\u2581', ' ');
            Assert.Equal(" " + clean, tokenizer.Decode(tokenizer.Encode(text)).Replace('\u2581', ' '));
            Assert.Equal(clean, tokenizer.Decode(tokenizer.EncodeFurther(text)).Replace('\u2581', ' '));
        });
    }

    [Fact]
    public void Of_equal_scores_the_first_is_merged_first_and_the_best_before_all()
    {
        // "aaa" has two pairs of one score; "bcd" has two of different ones.
        (string Text, float Score)[] pieces = [("\u2581", -9), ("a", -9), ("aa", -1), ("b", -9), ("c", -9), ("d", -9), ("bc", -2), ("cd", -1)];
        var tokenizer = Read(Model([.. pieces.Select(p => Normal(p.Text, p.Score))]));
        Assert.Equal(["aa", "a", "b", "cd"], tokenizer.EncodeFurther("aaabcd").Select(id => Encoding.UTF8.GetString(tokenizer.Bytes(id))));
    }

    [Fact]
    public void Peoples_text_is_never_read_as_a_control_token()
    {
        var tokenizer = Golden();
        var ids = tokenizer.Encode("<s> </s> <unk> <0x41>");
        Assert.All(ids, id => Assert.True(id > 2));
        Assert.Equal(" <s> </s> <unk> <0x41>", tokenizer.Decode(ids));
    }

    [Fact]
    public void Without_bytes_what_no_piece_holds_is_unknown()
    {
        var tokenizer = Read(Model(Normal("\u2581", -9), Normal("a", -9)));
        Assert.Equal([1, 2, 0], tokenizer.Encode("aé"));
        Assert.Equal(1, tokenizer.SpacesBefore);
    }

    [Theory]
    [InlineData("unigram", "trainer_spec.model_type")]
    [InlineData("rules", "normalizer_spec.precompiled_charsmap")]
    [InlineData("trims", "normalizer_spec.remove_extra_whitespaces")]
    [InlineData("suffix", "trainer_spec.treat_whitespace_as_suffix")]
    [InlineData("user", "pieces[4].type")]
    [InlineData("byte", "pieces[4]")]
    [InlineData("twice", "pieces[4]")]
    [InlineData("empty", "pieces[4]")]
    [InlineData("score", "pieces[4].score")]
    [InlineData("unknown", "pieces")]
    [InlineData("cut", "not a SentencePiece model")]
    [InlineData("noise", "not a SentencePiece model")]
    public void What_is_not_here_is_refused_by_its_key(string what, string key)
    {
        byte[][] pieces = [Normal("a", -1), Normal("b", -1), Normal("c", -1)];
        var bytes = what switch
        {
            "unigram" => Model(model: 1, pieces: pieces),
            "rules" => Model(rules: "x", pieces: pieces),
            "trims" => Model(trims: true, pieces: pieces),
            "suffix" => Model(asSuffix: true, pieces: pieces),
            "user" => Model([.. pieces, Piece("<mask>", 0, 4)]),
            "byte" => Model([.. pieces, Piece("<0xZZ>", 0, 6)]),
            "twice" => Model([.. pieces, Normal("a", -1)]),
            "empty" => Model([.. pieces, Normal("", -1)]),
            "score" => Model([.. pieces, Normal("d", float.NaN)]),
            "unknown" => Model(unknown: false, pieces: pieces),
            "cut" => File.ReadAllBytes(Tests.Golden.PathOf("tokenizers", "sentencepiece", "tokenizer.model"))[..5000],
            _ => [.. Enumerable.Repeat((byte)0x8a, 400)],
        };
        var refused = Assert.Throws<InvalidDataException>(() => Read(bytes));
        Assert.Contains($"tokenizer.model: {key}", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
    }

    private static Tokenizer Golden() => Tokenizer.OfFolder(Tests.Golden.PathOf("tokenizers", "sentencepiece"));

    private Tokenizer Read(byte[] model)
    {
        File.WriteAllBytes(Path.Combine(folder, "tokenizer.model"), model);
        return Tokenizer.OfFolder(folder);
    }

    private static byte[] Normal(string text, float score) => Piece(text, score, 1);

    private static byte[] Piece(string text, float score, int kind) => Message(output =>
    {
        output.WriteTag(1, WireFormat.WireType.LengthDelimited);
        output.WriteString(text);
        output.WriteTag(2, WireFormat.WireType.Fixed32);
        output.WriteFloat(score);
        output.WriteTag(3, WireFormat.WireType.Varint);
        output.WriteEnum(kind);
    });

    private static byte[] Model(params byte[][] pieces) => Model(pieces, unknown: true);

    private static byte[] Model(
        byte[][] pieces, bool unknown = true, int model = 2, string rules = "", bool trims = false, bool asSuffix = false) => Message(output =>
    {
        foreach (var piece in unknown ? [Piece("<unk>", 0, 2), .. pieces] : pieces) Part(1, piece);
        Part(2, Message(trainer =>
        {
            trainer.WriteTag(3, WireFormat.WireType.Varint);
            trainer.WriteEnum(model);
            trainer.WriteTag(24, WireFormat.WireType.Varint);
            trainer.WriteBool(asSuffix);
        }));
        Part(3, Message(normaliser =>
        {
            normaliser.WriteTag(2, WireFormat.WireType.LengthDelimited);
            normaliser.WriteString(rules);
            normaliser.WriteTag(4, WireFormat.WireType.Varint);
            normaliser.WriteBool(trims);
        }));

        void Part(int field, byte[] message)
        {
            output.WriteTag(field, WireFormat.WireType.LengthDelimited);
            output.WriteBytes(ByteString.CopyFrom(message));
        }
    });

    private static byte[] Message(Action<CodedOutputStream> write)
    {
        using var stream = new MemoryStream();
        using (var output = new CodedOutputStream(stream, leaveOpen: true)) write(output);
        return stream.ToArray();
    }
}
