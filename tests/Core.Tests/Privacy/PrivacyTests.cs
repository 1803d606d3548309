using Tppo.Core.Privacy;

namespace Tppo.Core.Tests;

public class PrivacyTests
{
    [Theory]
    [InlineData("mail jo.smith+x@mail.example.co.uk now", "mail [email] now", RedactionKinds.Email)]
    [InlineData("card 4111 1111 1111 1111", "card [card]", RedactionKinds.Card)]
    [InlineData("378282246310005", "[card]", RedactionKinds.Card)]
    [InlineData("my ssn 078-05-1120 lost", "my ssn [ssn] lost", RedactionKinds.SocialSecurity)]
    [InlineData("who called 555-123-4567", "who called [phone]", RedactionKinds.Phone)]
    [InlineData("call (212) 555-0187 today", "call [phone] today", RedactionKinds.Phone)]
    [InlineData("+44 20 7946 0958", "[phone]", RedactionKinds.Phone)]
    [InlineData("a@b.de or 212.555.0187", "[email] or [phone]", RedactionKinds.Email | RedactionKinds.Phone)]
    [InlineData("2006-03-01 212-555-0187", "2006-03-01 [phone]", RedactionKinds.Phone)]
    public void What_names_a_person_is_taken_out(string text, string expected, RedactionKinds kinds)
    {
        Assert.Equal(expected, Redaction.Apply(text, out var found));
        Assert.Equal(kinds, found);
    }

    [Theory]
    [InlineData("red running shoes size 10")]
    [InlineData("world war 1939-1945 map")]
    [InlineData("windows 95 98 2000")]
    [InlineData("2006-03-01 07:17:12")]
    [InlineData("2006-03-01T07:17:12Z")]
    [InlineData("01/03/2006 07:17:12 flights")]
    [InlineData("who is @ the door")]
    [InlineData("flight 1234567")]
    [InlineData("4111111111111112")]
    [InlineData("")]
    public void Ordinary_queries_and_times_stay_as_they_are(string text)
    {
        Assert.Equal(text, Redaction.Apply(text, out var found));
        Assert.Equal(RedactionKinds.None, found);
    }

    [Fact]
    public void A_pseudonym_is_the_first_half_of_the_HMAC_and_depends_on_the_key_alone()
    {
        var key = "key"u8.ToArray();
        var one = new Pseudonyms(key, "salt"u8.ToArray(), "1");
        // HMAC-SHA256("key", "The quick brown fox jumps over the lazy dog") is a published vector.
        Assert.Equal("f7bc83f430538424b13298e6aa6fb143", one.Pseudonym("The quick brown fox jumps over the lazy dog"));
        Assert.Equal(one.Pseudonym("u"), new Pseudonyms(key, "other"u8.ToArray(), "1").Pseudonym("u"));
        Assert.NotEqual(one.Pseudonym("u"), new Pseudonyms("yek"u8.ToArray(), "salt"u8.ToArray(), "2").Pseudonym("u"));
    }

    [Fact]
    public void A_new_key_moves_nobody_and_buckets_spread_evenly()
    {
        var one = new Pseudonyms("a"u8.ToArray(), "salt"u8.ToArray(), "1");
        var two = new Pseudonyms("b"u8.ToArray(), "salt"u8.ToArray(), "2");
        var buckets = Enumerable.Range(0, 20_000).Select(i => one.Bucket($"user {i}")).ToList();
        Assert.Equal(buckets, Enumerable.Range(0, 20_000).Select(i => two.Bucket($"user {i}")));
        Assert.All(buckets, b => Assert.InRange(b, 0, Pseudonyms.BucketCount - 1));
        Assert.InRange(buckets.Count(b => b < 100), 1_800, 2_200);
        Assert.NotEqual(one.Pseudonym("u"), Pseudonyms.ForDemo(1).Pseudonym("u"));
        Assert.NotEqual(Pseudonyms.ForDemo(2).Pseudonym("u"), Pseudonyms.ForDemo(1).Pseudonym("u"));
    }
}
