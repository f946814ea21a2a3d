package io.portrait.jobs.generate;

import static java.util.Comparator.comparing;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The export of a service desk, a file a year: semicolons, ISO-8859-1, quoted text over several
 * lines, a Windows line end inside it.
 */
final class ServiceTickets {

  static final Mess IMPOSSIBLE_DATE =
      new Mess("impossible_date", 0.01, "opened on 31/02 or written as 1997.05.04");
  static final Mess UPDATED =
      new Mess("updated", 0.02, "an earlier row of the same ticket, not closed yet");

  private static final String HEADER =
      "ticket_id;customer_id;opened;closed;channel;topic;complaint;text\n";
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("dd/MM/yyyy HH:mm", Locale.ROOT);
  private static final LocalDateTime END = Foodmart.LAST_DAY.atTime(23, 59);
  private static final String[] TEXTS = {
    "Réclamation: crème périmée.\r\nLe client demande un \"\"remboursement\"\".",
    "Paquete dañado; pide devolución.\r\nYa llamó dos veces.",
    "Cheque cobrado dos veces; ver señal en la caja nº 4.",
    "Asked for opening hours.",
    "Wrong price on the shelf; \"\"special offer\"\" had ended.\r\n\r\nCalled back.",
    "Café spilled in the bag, wants 5£ back"
  };

  private ServiceTickets() {}

  /** Writes {@code tickets/tickets-1997.csv} and {@code tickets/tickets-1998.csv}. */
  static Tally write(Foodmart foodmart, Path out, long seed) {
    Tally tally = new Tally("service tickets");
    List<Ticket> tickets = new ArrayList<>();
    for (Order order : foodmart.orders()) {
      Dice dice = Dice.of(seed, "ticket " + order.id(), 0);
      Persona persona = Persona.of(seed, order.customer());
      if (dice.chance(0.03 + 0.12 * (1 - persona.patience()))) {
        LocalDateTime opened =
            order
                .day()
                .plusDays(dice.pick(0, 0, 1, 1, 2, 5))
                .atTime(dice.between(8, 19), dice.between(0, 59));
        if (opened.isBefore(END)) {
          tickets.add(new Ticket(opened, order.customer(), persona, dice));
        }
      }
    }
    tickets.sort(comparing(Ticket::opened).thenComparing(t -> t.customer.id()));
    int number = 0;
    for (int year = 1997; year <= 1998; year++) {
      String name = "tickets/tickets-" + year + ".csv";
      try (RawFile file = RawFile.create(out, name, StandardCharsets.ISO_8859_1, tally)) {
        file.head(HEADER);
        for (; number < tickets.size() && tickets.get(number).opened.getYear() == year; number++) {
          writeTicket(number + 1, tickets.get(number), file, tally);
        }
      }
    }
    return tally;
  }

  private static void writeTicket(int number, Ticket ticket, RawFile file, Tally tally) {
    Dice dice = ticket.dice;
    boolean isComplaint = dice.chance(0.75 - 0.5 * ticket.persona.patience());
    LocalDateTime closed = ticket.opened.plusMinutes(dice.between(5, isComplaint ? 14_400 : 2_880));
    boolean isOpen = dice.chance(0.03) || closed.isAfter(END);
    String opened = TIME.format(ticket.opened);
    if (tally.hits(IMPOSSIBLE_DATE, dice)) {
      opened = dice.pick("31/02/" + ticket.opened.getYear() + " 10:00", "1997.05.04");
    }
    String head =
        String.format(
            Locale.ROOT, "T-%06d;%s;%s;", number, tally.customerId(ticket.customer, dice), opened);
    String tail =
        String.join(
            ";",
            dice.pick("phone", "phone", "Phone", "TEL", "email", "E-Mail", "chat", "store"),
            isComplaint
                ? dice.pick("quality", "Quality", "delivery", "billing")
                : dice.pick("question", "opening hours", "billing", "loyalty card"),
            isComplaint ? dice.pick("Y", "yes", "1", "Sí") : dice.pick("N", "no", "0", ""),
            '"' + dice.pick(TEXTS) + '"');
    if (tally.hits(UPDATED, dice)) {
      file.row(head + ";" + tail);
    }
    String row = head + (isOpen ? "" : TIME.format(closed)) + ";" + tail;
    file.row(row);
    if (tally.hits(Mess.DUPLICATE, dice)) {
      file.row(row);
    }
  }

  private record Ticket(LocalDateTime opened, Customer customer, Persona persona, Dice dice) {}
}
